
# Records the digest of one file and packs it: a tar keeps its mode.
[[ -f $FILE ]] || fail "$FILE is not a file"
digest=$(sha256 < "$FILE")
[[ $digest =~ ^[0-9a-f]{64}$ ]] || fail "$FILE has no digest"
folder=.
[[ $FILE != */* ]] || folder=${FILE%/*}
export COPYFILE_DISABLE=1 # or macOS adds a file of attributes
tar -c -h -f - -C "$folder" "./${FILE##*/}" > "$PACKED"
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
