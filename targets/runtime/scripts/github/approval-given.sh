approvers=$(gh api "$run/approvals" --jq '.[]
  | select(.state == "approved")
  | select(any(.environments[]; (.name | ascii_downcase) == (env.ENVIRONMENT | ascii_downcase)))
  | .user.login')
while IFS= read -r approver; do
  if [[ -n $approver ]] && ! grep -q -i -F -x -e "$approver" <<< "$authors"; then
    echo "approved by $approver"
    exit 0
  fi
done <<< "$approvers"
echo "::error::nobody who may has approved this run for $ENVIRONMENT"
exit 1
