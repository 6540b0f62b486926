'echo' "x"
