# Shows a report of this job in the summary of the run, as far as it can be read. It judges nothing.
export LC_ALL=C.UTF-8
files=$(mktemp)
while IFS= read -r -d '' file; do
  [[ ! ${file#./} =~ $REPORT ]] || printf '%s\0' "$file"
done < <(find . -type f -print0) > "$files"
exec >> "${ENGINE_SUMMARY}"
printf '\n### %s: %s\n\n' "$NODE" "$FORMAT"
if [[ ! -s $files ]]; then
  echo "There is no report: no file matches \`$REPORT\`."
  exit 0
fi
echo 'found=true' >> "${ENGINE_OUTPUT}"
printf "Kept as the artifact \`%s\`.\n\n" "$KEPT"
