cat <(echo a) <(echo b) | tr a-z A-Z
