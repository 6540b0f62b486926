


  echo 'three blank lines and an indentation first'
