if true; then
 	echo a
	 echo b
  	  echo c
fi
