# Takes what was torn down off GitHub's list, which is the list of what is still there.
repository=repos/$GITHUB_REPOSITORY
for id in $DEPLOYMENTS; do
  # Only what is inactive may be deleted.
  gh api --method POST "$repository/deployments/$id/statuses" -f state=inactive > "$(mktemp)"
  gh api --method DELETE "$repository/deployments/$id"
done
