(echo a; (echo b))
