mkdir -p "${ENGINE_TEMP}/artefacts/$NAME"
cd "${ENGINE_TEMP}/artefacts/$NAME"
tar -x -p -f - < "${ENGINE_TEMP}/handed-over/$NAME.tar"
index='^\{"schemaVersion":2,"manifests":\[\{"mediaType":"[a-z0-9.+/-]+","digest":"(sha256:[0-9a-f]{64})","size":[0-9]+\}\]\}$'
[[ -z $(find . ! -type d ! -type f) && $(< index.json) =~ $index && ${BASH_REMATCH[1]} == "$DIGEST" &&
  $(find . -type f ! -path './blobs/sha256/*' | LC_ALL=C sort) == $'./index.json\n./oci-layout' ]] ||
  { echo "${ENGINE_ERROR}this is not the image that was built: ${BASH_REMATCH[1]:-none}, recorded was $DIGEST"; exit 1; }
cd blobs/sha256
for blob in "${DIGEST#sha256:}" *; do echo "$blob  $blob"; done | ${ENGINE_SHA256} --check --strict --quiet
chmod -R a-w ../..
