
echo 'a blank line first'
