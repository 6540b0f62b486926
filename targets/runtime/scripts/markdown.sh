
while IFS= read -r file; do
  cat "./$file"
  echo
done < "$scratch/files" > "$scratch/text"
# ${ENGINE_NAME} refuses a summary of more than ${ENGINE_LARGEST_SUMMARY}.
head -c ${ENGINE_SUMMARY_BYTES} "$scratch/text"
