mkdir -p "${ENGINE_TEMP}/artefacts/$NAME"
cd "${ENGINE_TEMP}/artefacts/$NAME"
tar -x -p -f - < "${ENGINE_TEMP}/handed-over/$NAME.tar"
others=$(find . ! -type d ! -type f)
digest=$(find . -type f -print0 | xargs -0 ${ENGINE_SHA256}${ENGINE_AS_TEXT} | LC_ALL=C sort | ${ENGINE_SHA256} | cut -d ' ' -f 1)
[[ -z $others && sha256:$digest == "$DIGEST" ]] ||
  { echo "${ENGINE_ERROR}this is not what was built: sha256:$digest, recorded was $DIGEST"; exit 1; }
chmod -R a-w .
