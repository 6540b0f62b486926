
while IFS= read -r file; do
  cat "./$file"
  echo
done < "$scratch/files" > "$scratch/text"
# GitHub refuses a summary of more than 1 MiB.
head -c 900000 "$scratch/text"
