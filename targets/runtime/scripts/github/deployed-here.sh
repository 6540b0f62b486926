cd "$RUNNER_TEMP"
repository=repos/$GITHUB_REPOSITORY
gh api graphql --paginate -f owner="${GITHUB_REPOSITORY%/*}" -f name="${GITHUB_REPOSITORY#*/}" -f on="$ENVIRONMENT" -f query="query(\$owner: String!,
  \$name: String!, \$on: String!, \$endCursor: String) { repository(owner: \$owner, name: \$name) { deployments(environments: [\$on], first: 100,
  after: \$endCursor) { pageInfo { hasNextPage endCursor } nodes { commitOid ref { name } statuses(first: 100) { nodes { state createdAt logUrl } } } } } }" \
  --jq '.data.repository.deployments.nodes[] | {commitOid, ref, status: .statuses.nodes[]} | select(.status.state == "SUCCESS")
    | "\(.status.createdAt) \(.status.logUrl // "" | capture("/actions/runs/(?<run>[0-9]+)").run) \(.commitOid) \(.ref.name // "")"' | sort -r > deployed
