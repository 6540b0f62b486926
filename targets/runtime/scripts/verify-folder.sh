# Unpacks files and goes on only if they have the digest that was recorded.
mkdir -p "$FOLDER"
tar -x -p -f - -C "$FOLDER" < "$PACKED"
cd "$FOLDER"
others=$(find . ! -type d ! -type f)
digest=$(find . -type f -print0 | xargs -0 ${ENGINE_SHA256}${ENGINE_AS_TEXT} | LC_ALL=C sort | ${ENGINE_SHA256} | cut -d ' ' -f 1)
[[ -z $others && sha256:$digest == "$DIGEST" ]] || {
  echo "${ENGINE_ERROR}this is not what was built: sha256:$digest, recorded was $DIGEST"
  exit 1
}
chmod -R a-w .
