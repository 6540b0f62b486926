      
  echo 'spaces on a blank line first'
