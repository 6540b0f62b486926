# Green if every job succeeded.
jq -r 'to_entries[] | select(.value.result != "success") | "${ENGINE_ERROR}\(.key): \(.value.result)"' <<< "$NEEDS" |
  tee "${ENGINE_TEMP}/red"
[[ ! -s ${ENGINE_TEMP}/red ]]
