# Goes on only if somebody has approved this run for this environment: protection is a setting, and settings can be lost.
run=repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
authors=$(gh api "$run" --jq '.actor.login, .triggering_actor.login')
approvers=$(gh api "$run/approvals" --jq '.[]
  | select(.state == "approved")
  | select(any(.environments[]; (.name | ascii_downcase) == (env.ENVIRONMENT | ascii_downcase)))
  | .user.login')
while IFS= read -r approver; do
  [[ -n $approver ]] || continue
  if [[ $AUTHOR_MAY_APPROVE == true ]] || ! grep -q -i -F -x -e "$approver" <<< "$authors"; then
    echo "approved by $approver"
    exit 0
  fi
done <<< "$approvers"
echo "::error::nobody who may has approved this run for $ENVIRONMENT"
exit 1
