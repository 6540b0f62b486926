if true; then
	echo tab
		echo tabs
fi
