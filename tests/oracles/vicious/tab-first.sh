	echo 'the script begins with a tab'
