# Green if every job that was due succeeded, and no other ran. Each line of DUE says whether a job was due; the others were.
due=$(for part in "${!DUE@}"; do printf '%s\n' "${!part}"; done)
jq -r --arg due "$due" '. as $needs | ($due | split("\n") | map(split(" ") | {key: .[0], value: .[1]}) | from_entries) as $due
  | to_entries[] | (if $due[.key] == "not-due" then ["skipped"]
