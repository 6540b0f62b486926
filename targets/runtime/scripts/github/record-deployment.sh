# Records what was deployed: without environments GitHub does not, and later deploys go by it.
repository=repos/$GITHUB_REPOSITORY
ref=$GITHUB_SHA
[[ $GITHUB_REF_TYPE != tag ]] || ref=$GITHUB_REF_NAME
id=$(gh api "$repository/deployments" -f ref="$ref" -f environment="$ENVIRONMENT" -F auto_merge=false -F 'required_contexts[]' --jq .id)
gh api "$repository/deployments/$id/statuses" -f state=success -f environment_url="${URL-}" \
  -f log_url="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID" --silent
