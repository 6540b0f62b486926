    else ["success"] end) as $good | select(.value.result | IN($good[]) | not) | "${ENGINE_ERROR}\(.key): \(.value.result)"]
  | .[], length == 0' <<< "$NEEDS"
