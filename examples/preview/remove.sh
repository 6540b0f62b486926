#!/usr/bin/env bash
# Removes a place, whether or not it is still there: remove.sh PLACE
set -euo pipefail
status=$(curl --silent --show-error --output /dev/null --write-out '%{http_code}' --request DELETE \
  --header "Authorization: Bearer $UPLOAD_KEY" "https://upload.shop.example/$1/")
[[ $status == 2?? || $status == 404 ]]
