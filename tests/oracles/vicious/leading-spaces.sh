    echo 'four spaces before'
  echo 'two before'
echo 'none'
