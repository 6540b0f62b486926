
# Unpacks the file that another job handed over and refuses all but the bytes whose digest that job recorded.
[[ $DIGEST =~ ^sha256:[0-9a-f]{64}$ ]] || fail "no digest was recorded"
mkdir -p "$FOLDER"
tar -x -p -f - -C "$FOLDER" < "$PACKED"
cd "$FOLDER"
[[ $(find . ! -type d) == "./$FILE" && -f $FILE && ! -L $FILE ]] || fail "this is not $FILE alone"
digest=$(sha256 < "$FILE")
[[ sha256:$digest == "$DIGEST" ]] || fail "$FILE is not what was built: sha256:$digest, recorded was $DIGEST"
chmod -R a-w .
