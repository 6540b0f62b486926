run=$repository/actions/runs/$GITHUB_RUN_ID
# Who wrote or committed something since the last deployment of this workflow, or since the first of all if GitHub no longer knows it.
gh api --paginate "$repository/actions/workflows/${WORKFLOW%% *}/runs?per_page=100&created=%3E2008-01-01" --jq '.workflow_runs[].id' > own
mark=$(awk 'FILENAME == ARGV[1] { own[$1]; next } { last = $3 } $2 in own { exit } END { print last }' own deployed)
filter='"\(.sha) \([.author, .committer | .login // "?"] | join(" ")) \([.commit.message | scan("(?i)co-authored-by:.*<(?:[0-9]+[+])?([^@>]+)@users[.]noreply[.]github[.]com>")[]] | join(" "))"'
gh api "$repository/commits/$GITHUB_SHA" --jq "$filter" > written
[[ -z $mark ]] || gh api --paginate "$repository/compare/$mark...$GITHUB_SHA?per_page=100" --jq ".commits[] | $filter" >> written
unknown=$(awk '$2 == "?" || $3 == "?" { print $1; exit }' written)
if [[ -n $unknown ]]; then
  echo "::error::GitHub knows no account of who wrote or committed $unknown, so nobody can say that somebody else approves it: add the e-mail to an account"
  exit 1
fi
# Who started the run need not have written what it deploys. `web-flow` commits what people merge on the site.
authors=$(gh api "$run" --jq '.actor.login, .triggering_actor.login' && cut -d ' ' -f 2- written | tr ' ' '\n' | sed '/^web-flow$/d')
