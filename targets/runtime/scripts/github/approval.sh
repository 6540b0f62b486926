# Goes on only if somebody has approved this run for this environment: protection is a setting, and settings can be lost.
run=repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
authors=$(gh api "$run" --jq '.actor.login, .triggering_actor.login')
if [[ $AUTHOR_MAY_APPROVE != true ]]; then
  # Who started the run need not have written what it deploys. `web-flow` commits what people merge on the site.
  writers=$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA" \
    --jq '(.author, .committer) | .login // empty | select(. != "web-flow")')
  authors+=$'\n'$writers
fi
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
