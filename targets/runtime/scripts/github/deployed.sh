while read -r id commit ref; do
  gh api --paginate "$repository/deployments/$id/statuses?per_page=100" \
    --jq '.[] | select(.state == "success") | .log_url // "" | capture("/actions/runs/(?<run>[0-9]+)").run' > runs
  while read -r run; do
    # A run that GitHub has forgotten may have been this workflow's: what it deployed counts all the same.
    workflow=$(gh api "$repository/actions/runs/$run" --jq .path) || workflow=.github/workflows/$WORKFLOW
    [[ ${workflow%%@*} == ".github/workflows/$WORKFLOW" ]] || continue
