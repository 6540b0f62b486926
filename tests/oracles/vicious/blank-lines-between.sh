echo a



echo b

