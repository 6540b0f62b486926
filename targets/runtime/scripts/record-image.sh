# Records the digest of the one image in an OCI layout and packs the image: what it is made of, and nothing else.
cd "$LAYOUT"
image=$(jq -c '.manifests | if length == 1 then .[0] | {mediaType, digest, size}
  else error("the OCI layout holds \(length) images; an image for several platforms is one index") end' index.json)
blobs=$(mktemp)

# Notes a blob, and what a manifest leads to. Both are read from bytes that were checked.
note() {
  local blob=${1#sha256:} parts digest kind
  ${ENGINE_SHA256} --check --strict --quiet <<< "$blob  blobs/sha256/$blob" || exit
  echo "./blobs/sha256/$blob" >> "$blobs"
  [[ $2 == manifest ]] || return 0
  parts=$(jq -r '(.manifests // [])[] + {kind: "manifest"}, .config // empty, (.layers // [])[]
    | "\(.digest) \(.kind)"' "blobs/sha256/$blob") || exit
  while read -r digest kind; do note "$digest" "$kind"; done <<< "$parts"
}

digest=$(jq -r .digest <<< "$image")
note "$digest" manifest
printf '{"schemaVersion":2,"manifests":[%s]}' "$image" > index.json
printf '{"imageLayoutVersion":"1.0.0"}' > oci-layout
printf '%s\n' ./oci-layout ./index.json | sort -u - "$blobs" | tar -c -h --no-recursion -f - -T - > "$PACKED"
echo "digest=$digest" >> "${ENGINE_OUTPUT}"
