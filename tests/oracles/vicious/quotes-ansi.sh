printf '%s' $'\t\n\x41\u00e9\'\"'
