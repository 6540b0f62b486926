
# Records the digest of the one image in an OCI layout and packs the image: what it is made of, and nothing else.
[[ -f $LAYOUT/oci-layout && -f $LAYOUT/index.json ]] || fail "the build left no OCI layout in PIPE_IMAGE_LAYOUT"
images=$(jq -r '(.manifests // [])[] | "\(.mediaType) \(.digest) \(.size)"' "$LAYOUT/index.json")
[[ $images =~ ^([a-z0-9.+/-]+)\ (sha256:[0-9a-f]{64})\ ([0-9]+)$ ]] \
  || fail "the OCI layout holds no image or several; an image for several platforms is one index"
type=${BASH_REMATCH[1]}
digest=${BASH_REMATCH[2]}
size=${BASH_REMATCH[3]}

scratch=$(mktemp -d)

# Notes a blob that the image is made of; what it leads to is read from bytes that have been checked.
note() {
  local file=$LAYOUT/blobs/sha256/${1#sha256:}
  [[ $1 =~ ^sha256:[0-9a-f]{64}$ && -f $file ]] || fail "the OCI layout lacks $1"
  [[ sha256:$(sha256 < "$file") == "$1" ]] || fail "the OCI layout holds other bytes as $1"
  echo "./blobs/sha256/${1#sha256:}" >> "$scratch/blobs"
}

echo "$digest" > "$scratch/manifests"
while [[ -s $scratch/manifests ]]; do
  : > "$scratch/next"
  while read -r manifest; do
    note "$manifest"
    file=$LAYOUT/blobs/sha256/${manifest#sha256:}
    jq -r '(.manifests // [])[].digest' "$file" >> "$scratch/next"
    jq -r '(.config // empty, (.layers // [])[]).digest' "$file" > "$scratch/parts"
    while read -r part; do note "$part"; done < "$scratch/parts"
  done < "$scratch/manifests"
  mv "$scratch/next" "$scratch/manifests"
done

printf '{"imageLayoutVersion":"1.0.0"}' > "$LAYOUT/oci-layout"
printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":%s}]}' "$type" "$digest" "$size" \
  > "$LAYOUT/index.json"
{
  printf '%s\n' ./oci-layout ./index.json
  sort -u "$scratch/blobs"
} > "$scratch/packed"
tar -c -h --no-recursion -f - -C "$LAYOUT" -T "$scratch/packed" > "$PACKED"
echo "digest=$digest" >> "${ENGINE_OUTPUT}"
