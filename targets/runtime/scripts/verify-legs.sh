
# Unpacks what the legs of another job handed over, each into a folder of its name, and refuses all but the bytes whose
# digests they recorded. The digest of the whole is that of the sorted lines `sha256  leg/path`. In `$(…)` bash goes on
# after a failure, so each step says `return`.
digest_of_files() {
  local path scratch
  scratch=$(mktemp -d) || return
  find . -type f -print0 > "$scratch/present" || return
  while IFS= read -r -d '' path; do
    printf '%s\0' "${path#./}"
  done < "$scratch/present" > "$scratch/names" || return
  manifest < "$scratch/names" > "$scratch/manifest" || return
  sha256 < "$scratch/manifest"
}

mkdir -p "$FOLDER"
while read -r leg recorded; do
  [[ -n $leg ]] || continue
  [[ $recorded =~ ^sha256:[0-9a-f]{64}$ ]] || fail "no digest was recorded in $leg"
  mkdir "$FOLDER/$leg"
  tar -x -p -f - -C "$FOLDER/$leg" < "$PACKED.$leg.tar"
  cd "$FOLDER/$leg"
  if [[ -n ${FILE:-} ]]; then
    [[ $(find . ! -type d) == "./$FILE" && -f $FILE && ! -L $FILE ]] || fail "in $leg, this is not $FILE alone"
    digest=$(sha256 < "$FILE")
  else
    [[ -z $(find . ! -type d ! -type f) ]] || fail "in $leg, there is something else than files"
    digest=$(digest_of_files)
  fi
  [[ sha256:$digest == "$recorded" ]] ||
    fail "this is not what was built in $leg: sha256:$digest, recorded was $recorded"
done <<< "$LEGS"
cd "$FOLDER"
digest=$(digest_of_files)
[[ $digest =~ ^[0-9a-f]{64}$ ]] || fail "the files have no digest"
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
chmod -R a-w .
