# Unpacks a file and goes on only if it has the digest that was recorded.
mkdir -p "$FOLDER"
tar -x -p -f - -C "$FOLDER" < "$PACKED"
cd "$FOLDER"
[[ $(find . ! -type d) == "./$FILE" && -f $FILE && ! -L $FILE ]] || {
  echo "${ENGINE_ERROR}the artifact is not $FILE alone"
  exit 1
}
${ENGINE_SHA256} --check --strict <<< "${DIGEST#sha256:}  ./$FILE"
chmod -R a-w .
