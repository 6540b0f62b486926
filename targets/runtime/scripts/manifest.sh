
# One line `sha256  path` for each path that standard input names, NUL-separated; sorted.
manifest() {
  local path digest
  while IFS= read -r -d '' path; do
    [[ $path != *$'\n'* ]] || fail "a file name holds a line break"
    digest=$(sha256 < "$path") || exit
    printf '%s  %s\n' "$digest" "$path"
  done | sort
}
