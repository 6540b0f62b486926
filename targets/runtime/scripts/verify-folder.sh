
# Unpacks the files that another job handed over and refuses all but the bytes whose digest that job recorded.
[[ $DIGEST =~ ^sha256:[0-9a-f]{64}$ ]] || fail "no digest was recorded"
mkdir -p "$FOLDER"
tar -x -p -f - -C "$FOLDER" < "$PACKED"
cd "$FOLDER"
[[ -z $(find . ! -type d ! -type f) ]] || fail "there is something else than files"
scratch=$(mktemp -d)
find . -type f -print0 > "$scratch/present"
while IFS= read -r -d '' path; do
  printf '%s\0' "${path#./}"
done < "$scratch/present" > "$scratch/names"
manifest < "$scratch/names" > "$scratch/manifest"
digest=$(sha256 < "$scratch/manifest")
[[ sha256:$digest == "$DIGEST" ]] || fail "this is not what was built: sha256:$digest, recorded was $DIGEST"
chmod -R a-w .
