# Goes on only if this commit is, or descends from, the one that this workflow last deployed to this environment.
cd "$RUNNER_TEMP"
repository=repos/$GITHUB_REPOSITORY
gh api --paginate "$repository/deployments?environment=$ENVIRONMENT&per_page=100" --jq '.[] | "\(.id) \(.sha)"' > deployments
while read -r id commit; do
  gh api --paginate "$repository/deployments/$id/statuses?per_page=100" \
    --jq '.[] | select(.state == "success") | .log_url // "" | capture("/actions/runs/(?<run>[0-9]+)").run' > runs
  while read -r run; do
    # A run that GitHub has forgotten may have been this workflow's: what it deployed counts all the same.
    workflow=$(gh api "$repository/actions/runs/$run" --jq .path) || workflow=.github/workflows/$WORKFLOW
    [[ ${workflow%%@*} == ".github/workflows/$WORKFLOW" ]] || continue
    order=$(gh api "$repository/compare/$commit...$GITHUB_SHA" --jq .status)
    [[ $order != identical && $order != ahead ]] || exit 0
    echo "::error::$ENVIRONMENT has $commit, which $GITHUB_REF_NAME at $GITHUB_SHA does not contain: merge it first"
    exit 1
  done < runs
done < deployments
