digest=$(${ENGINE_SHA256} < "$FILE" | cut -d ' ' -f 1)
tar -c -h -f - -C "$(dirname "./$FILE")" "./${FILE##*/}" > "$PACKED"
echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
