
# Goes on only while the pull request is open and this is its newest commit: neither a run that was slow nor one that is
# started again brings back an older state, or what has been torn down.
answer=$(gh api "repos/$GITHUB_REPOSITORY/pulls/$PULL_REQUEST" --jq '"\(.state) \(.head.sha)"')
case $answer in
  "open $COMMIT") ;;
  open\ *) fail "pull request $PULL_REQUEST has moved on from $COMMIT to ${answer#open }" ;;
  *) fail "pull request $PULL_REQUEST is not open any more" ;;
esac
