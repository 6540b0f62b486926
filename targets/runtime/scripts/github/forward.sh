# Goes on only if this commit is, or descends from, the one that this workflow last deployed to this environment.
cd "$RUNNER_TEMP"
repository=repos/$GITHUB_REPOSITORY
gh api --paginate "$repository/deployments?environment=$ENVIRONMENT&per_page=100" --jq '.[] | "\(.id) \(.sha) \(.ref)"' > deployments
