x=`printf '%s' y`
test "$x" = y
