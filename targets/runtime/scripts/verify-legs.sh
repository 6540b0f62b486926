# Unpacks what each leg built into a folder of its name, and goes on only if all have the digests that they recorded.
digest_of_files() {
  [[ -z $(find . ! -type d ! -type f) ]] || { echo "${ENGINE_ERROR}there is something other than files" >&2; return 1; }
  find . -type f -print0 | xargs -0 ${ENGINE_SHA256}${ENGINE_AS_TEXT} | LC_ALL=C sort | ${ENGINE_SHA256} | cut -d ' ' -f 1
}

folder=${ENGINE_TEMP}/artefacts/$NAME
mkdir -p "$folder"
while read -r leg recorded; do
  mkdir "$folder/$leg"
  tar -x -p -f - -C "$folder/$leg" < "${ENGINE_TEMP}/handed-over/$NAME.$leg.tar"
  cd "$folder/$leg"
  if [[ -z ${FILE:-} ]]; then
    digest=$(digest_of_files)
  elif [[ $(find . ! -type d) == "./$FILE" && -f $FILE && ! -L $FILE ]]; then
    digest=$(${ENGINE_SHA256} < "$FILE" | cut -d ' ' -f 1)
  else
    digest=other
  fi
  [[ sha256:$digest == "$recorded" ]] ||
    { echo "${ENGINE_ERROR}this is not what $leg built: sha256:$digest, recorded was $recorded"; exit 1; }
done <<< "$LEGS"
cd "$folder"
digest=$(digest_of_files)
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
chmod -R a-w .
