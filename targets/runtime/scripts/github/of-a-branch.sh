# A manual run starts from a branch: a tag may hold another workflow file.
[[ $GITHUB_EVENT_NAME:$GITHUB_REF_TYPE != workflow_dispatch:tag ]] ||
  { echo "::error::a manual run starts from a branch, not from the tag $GITHUB_REF_NAME"; exit 1; }
