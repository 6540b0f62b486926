
# Lets a gate that failed pass for this commit: goes on only if somebody has approved this run for the environment that
# asks the role, and records what was overridden, by whom, why, and until when. GitHub starts this job when somebody
# approves it and does not tell the time of that, so its start is the time of the approval. A second attempt would start
# with the approval of the first.
[[ $GITHUB_RUN_ATTEMPT == 1 ]] || fail "an override is for one attempt: start another run instead of this one again"
approved=$(date -u +%s)
approvers=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals" --jq '[.[]
  | select(.state == "approved")
  | select(any(.environments[]; (.name | ascii_downcase) == (env.ENVIRONMENT | ascii_downcase)))
  | .user.login] | unique | join(", ")')
[[ -n $approvers ]] || fail "nobody has approved this run for $ENVIRONMENT"
end=$(date -u -d "@$((approved + EXPIRES))" +%Y-%m-%dT%H:%M:%SZ)
review=$(date -u -d "@$((approved + REVIEW_WITHIN))" +%Y-%m-%dT%H:%M:%SZ)
{
  echo "approved-at=$approved"
  echo "approved-by=$approvers"
  echo "expires=$end"
  echo "review-by=$review"
} >> "$GITHUB_OUTPUT"
{
  echo "### Override of the gate $GATE"
  echo
  echo "$GATE failed, and what waits for it goes on all the same."
  echo
  echo '| | |'
  echo '| --- | --- |'
  echo "| commit | $GITHUB_SHA |"
  echo "| asked for by | $GITHUB_ACTOR |"
  echo "| approved by | $approvers |"
  echo "| no deploy after | $end |"
  echo "| to be reviewed by | $review |"
  echo
  echo 'Reason:'
  # A block of code: nothing in it is markup.
  printf '\n    %s\n' "$REASON"
} >> "$GITHUB_STEP_SUMMARY"
echo "::warning title=Override::$GATE failed and was overridden by $approvers; to be reviewed by $review"
