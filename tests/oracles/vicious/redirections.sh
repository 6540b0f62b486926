{ echo out; echo err >&2; } > /dev/null 2>&1
exec 3>&1; echo three >&3; exec 3>&-
