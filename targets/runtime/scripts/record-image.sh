# Records the digest of the one image in an OCI layout, checks its blobs and packs it.
cd "$LAYOUT"
image=$(jq -c '.manifests | if length == 1 then .[0] | {mediaType, digest, size}
  else error("the OCI layout holds \(length) images; an image for several platforms is one index") end' index.json)
digest=$(jq -r .digest <<< "$image")
printf '{"schemaVersion":2,"manifests":[%s]}' "$image" > index.json
(
  cd blobs/sha256
  for blob in *; do echo "$blob  $blob"; done | ${ENGINE_SHA256} --check --strict --quiet
  jq -r '.. | objects | .digest // empty | ltrimstr("sha256:")' "${digest#sha256:}" | xargs ls > /dev/null
)
tar -c -h -f - oci-layout index.json blobs/sha256 > "$PACKED"
echo "digest=$digest" >> "${ENGINE_OUTPUT}"
