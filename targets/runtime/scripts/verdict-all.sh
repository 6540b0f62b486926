jq -r -e '[to_entries[] | select(.value.result != "success") | "${ENGINE_ERROR}\(.key): \(.value.result)"] | .[], length == 0' <<< "$NEEDS"
