 echo 'one space before'
