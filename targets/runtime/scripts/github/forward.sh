# Goes on only if this commit is, or descends from, the one that this workflow last deployed to this environment.
fail() {
  echo "::error::$1"
  exit 1
}

scratch=$(mktemp -d)
repository=repos/$GITHUB_REPOSITORY
gh api --method GET --paginate "$repository/deployments" -f environment="$ENVIRONMENT" -F per_page=100 \
  --jq '.[] | "\(.id) \(.sha)"' > "$scratch/deployments"
while read -r id commit; do
  gh api --method GET --paginate "$repository/deployments/$id/statuses" -F per_page=100 \
    --jq '.[] | select(.state == "success") | .log_url' > "$scratch/successes"
  while read -r log; do
    [[ $log =~ /actions/runs/([0-9]+) ]] || continue
    # A run that GitHub has forgotten may have been this workflow's: what it deployed counts all the same.
    workflow=$(gh api "$repository/actions/runs/${BASH_REMATCH[1]}" --jq .path) || workflow=.github/workflows/$WORKFLOW
    [[ ${workflow%%@*} == ".github/workflows/$WORKFLOW" ]] || continue
    order=$(gh api "$repository/compare/$commit...$GITHUB_SHA" --jq .status)
    case $order in
      identical | ahead) exit 0 ;;
      *) fail "$ENVIRONMENT already has $commit, which this commit does not contain ($order)" ;;
    esac
  done < "$scratch/successes"
done < "$scratch/deployments"
