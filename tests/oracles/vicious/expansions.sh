a=path/to/file.txt
echo "${a##*/}" "${a%.*}" "${a/to/TO}" "${a:-none}" "${#a}" "${a^^}"
