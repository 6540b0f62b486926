# Records the digest of all files that match PATHS, which is that of their sorted list, and packs them.
export LC_ALL=C.UTF-8
scratch=$(mktemp -d)
find . \( -type f -o -type l \) -print0 > "$scratch/all"
while read -r expression; do
  found=''
  while IFS= read -r -d '' file; do
    # A link to a file is that file; a link to a folder is nothing.
    [[ ${file#./} =~ $expression && -f $file ]] || continue
    printf '%s\0' "$file"
    found=yes
  done < "$scratch/all"
  [[ -n $found ]] || { echo "${ENGINE_ERROR}no file matches $expression" >&2; exit 1; }
done <<< "$PATHS" > "$scratch/files"
xargs -0 ${ENGINE_SHA256} < "$scratch/files"${ENGINE_AS_TEXT} | LC_ALL=C sort -u > "$scratch/list"
digest=$(${ENGINE_SHA256} < "$scratch/list" | cut -d ' ' -f 1)
tar -c -h --no-recursion -f - --null -T "$scratch/files" > "$PACKED"
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
