mkdir -p "${ENGINE_TEMP}/artefacts/$NAME"
cd "${ENGINE_TEMP}/artefacts/$NAME"
tar -x -p -f - < "${ENGINE_TEMP}/handed-over/$NAME.tar"
[[ $(find . ! -type d) == "./$FILE" && -f $FILE && ! -L $FILE ]] ||
  { echo "${ENGINE_ERROR}the artifact is not $FILE alone"; exit 1; }
${ENGINE_SHA256} --check --strict <<< "${DIGEST#sha256:}  ./$FILE"
chmod -R a-w .
