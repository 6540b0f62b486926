echo 'four newlines at the end'



