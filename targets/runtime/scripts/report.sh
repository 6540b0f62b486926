
# Shows the report of a job in the summary of its run: what can be told of it, or that there is none. It judges nothing.
scratch=$(mktemp -d)
if [[ -f $REPORT ]]; then
  printf '%s\n' "$REPORT" > "$scratch/files"
else
  translate "$REPORT"
  find . -type f > "$scratch/present"
  while IFS= read -r path; do
    path=${path#./}
    [[ ! $path =~ $expression ]] || printf '%s\n' "$path"
  done < "$scratch/present" | sort > "$scratch/files"
fi

exec >> "${ENGINE_SUMMARY}"
printf '\n### %s: %s\n\n' "$NODE" "$FORMAT"
if [[ ! -s $scratch/files ]]; then
  printf 'There is no report: no file is "%s".\n' "$REPORT"
  exit 0
fi
echo 'found=true' >> "${ENGINE_OUTPUT}"
printf "Kept as the artifact \`%s\`.\n\n" "$KEPT"
