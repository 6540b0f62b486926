
# Records the digest of several files, that of the sorted lines `sha256  path`, and packs them: a tar keeps their modes.
scratch=$(mktemp -d)
find . \( -type f -o -type l \) -print0 > "$scratch/present"
expressions=()
unmatched=()
while IFS= read -r glob; do
  [[ -n $glob ]] || continue
  translate "$glob"
  expressions+=("$expression")
  unmatched+=("$glob")
done <<< "$PATHS"
while IFS= read -r -d '' path; do
  path=${path#./}
  # A link to a file is that file; a link to a folder is nothing.
  [[ -f $path ]] || continue
  matched=no
  for index in "${!expressions[@]}"; do
    if [[ $path =~ ${expressions[index]} ]]; then
      matched=yes
      unmatched[index]=''
    fi
  done
  [[ $matched == no ]] || printf '%s\0' "$path"
done < "$scratch/present" > "$scratch/matched"
# The loop above writes to a file, so it ran in this very shell.
for glob in "${unmatched[@]}"; do
  [[ -z $glob ]] || fail "no file matches $glob"
done
manifest < "$scratch/matched" > "$scratch/manifest"
digest=$(sha256 < "$scratch/manifest")
[[ $digest =~ ^[0-9a-f]{64}$ ]] || fail "the files have no digest"
cut -c 67- "$scratch/manifest" | sed 's|^|./|' | tr '\n' '\0' > "$scratch/packed"
export COPYFILE_DISABLE=1 # or macOS adds files of attributes
tar -c -h --no-recursion -f - --null -T "$scratch/packed" > "$PACKED"
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
