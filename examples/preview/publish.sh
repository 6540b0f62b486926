#!/usr/bin/env bash
# Copies a built site to a place: publish.sh FOLDER PLACE
set -euo pipefail
cd "$1"
find . -type f -print0 | while IFS= read -r -d '' file; do
  curl --fail --silent --show-error --upload-file "$file" --header "Authorization: Bearer $UPLOAD_KEY" \
    "https://upload.shop.example/$2/${file#./}"
done
