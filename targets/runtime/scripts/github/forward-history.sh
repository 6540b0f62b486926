while read -r _ run commit ref; do
  # A run that GitHub has forgotten may have been this workflow's: what it deployed may forbid this deploy, but not allow it.
  file=$(gh api "$repository/actions/runs/$run" --jq '.path | split("@")[0] | ltrimstr(".github/workflows/")') || file=''
  [[ -z $file || " $WORKFLOW " == *" $file "* ]] || continue
  order=$(gh api "$repository/compare/$commit...$GITHUB_SHA" --jq .status)
  if [[ $order == identical || $order == ahead ]]; then [[ -z $file ]] || exit 0; continue; fi
  echo "::error::$ENVIRONMENT has $commit${ref:+ of $ref}, which $GITHUB_SHA of $GITHUB_REF_NAME does not contain: merge it, or revert it on top"
  exit 1
done < deployed
