
# Unpacks the image that another job handed over and refuses all but the one whose digest that job recorded.
[[ $DIGEST =~ ^sha256:[0-9a-f]{64}$ ]] || fail "no digest was recorded"
mkdir -p "$FOLDER"
tar -x -p -f - -C "$FOLDER" < "$PACKED"
cd "$FOLDER"
[[ -z $(find . ! -type d ! -type f) ]] || fail "there is something else than files"
index='^\{"schemaVersion":2,"manifests":\[\{"mediaType":"[a-z0-9.+/-]+","digest":"(sha256:[0-9a-f]{64})","size":[0-9]+\}\]\}$'
[[ $(< index.json) =~ $index ]] || fail "this is not one image"
[[ ${BASH_REMATCH[1]} == "$DIGEST" ]] || fail "this is not what was built: ${BASH_REMATCH[1]}, recorded was $DIGEST"
[[ -f blobs/sha256/${DIGEST#sha256:} ]] || fail "the image $DIGEST is not there"
scratch=$(mktemp -d)
find . -type f -print0 > "$scratch/present"
while IFS= read -r -d '' path; do
  case $path in
    ./oci-layout | ./index.json) ;;
    ./blobs/sha256/*)
      digest=$(sha256 < "$path")
      [[ ./blobs/sha256/$digest == "$path" ]] || fail "$path is not what was built: sha256:$digest"
      ;;
    *) fail "$path is no part of an image" ;;
  esac
done < "$scratch/present"
chmod -R a-w .
