cat <<< "a  b" > /dev/null
