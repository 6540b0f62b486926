# Each line of DUE says whether a job was due; the others were. A job that was not due must have been skipped.
due=$(for part in "${!DUE@}"; do printf '%s\n' "${!part}"; done)
echo "not-due=$(sed -n 's/ not-due$//p' <<< "$due" | tr '\n' ' ')" >> "${ENGINE_OUTPUT}"
jq -r -e --arg due "$due" '. as $needs | ($due | split("\n") | map(split(" ") | {key: .[0], value: .[1]}) | from_entries) as $due
  | [to_entries[] | (if $due[.key] == "not-due" then ["skipped"]
