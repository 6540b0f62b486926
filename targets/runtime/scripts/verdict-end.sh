    else ["success"] end) as $good
  | select(.value.result | IN($good[]) | not) | "${ENGINE_ERROR}\(.key): \(.value.result)"' <<< "$NEEDS" |
  tee "${ENGINE_TEMP}/red"
echo "not-due=$(sed -n 's/ not-due$//p' <<< "$due" | tr '\n' ' ')" >> "${ENGINE_OUTPUT}"
[[ ! -s ${ENGINE_TEMP}/red ]]
