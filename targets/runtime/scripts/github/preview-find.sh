# Finds what is to be torn down: of the pull requests that something was deployed for, or of the one that is named, those
# that are closed, and those to which nothing was deployed for TTL seconds.

# What a deploy calls its first step before the number of its pull request.
title="Still wanted by pull request "
scratch=$(mktemp -d)
repository=repos/$GITHUB_REPOSITORY
now=$(date +%s)
gh api --method GET --paginate "$repository/deployments" -f environment="$ENVIRONMENT" -F per_page=100 \
  --jq '.[] | "\(.id) \(.created_at | fromdateiso8601)"' > "$scratch/deployments"
: > "$scratch/live"
while read -r id created; do
  gh api --method GET --paginate "$repository/deployments/$id/statuses" -F per_page=100 \
    --jq '.[] | .log_url // empty' > "$scratch/logs"
  job=
  while read -r log; do
    if [[ $log =~ /actions/runs/[0-9]+/job/([0-9]+) ]]; then job=${BASH_REMATCH[1]}; fi
  done < "$scratch/logs"
  [[ -n $job ]] || continue # it waits for its turn, and will ask for itself whether it is still wanted
  step=$(gh api "$repository/actions/jobs/$job" \
    --jq '[.steps[]? | select(.name | startswith("'"$title"'"))][0] | select(.) | "\(.conclusion) \(.name)"') || {
    echo "::warning::GitHub has forgotten for which pull request deployment $id to $ENVIRONMENT was"
    continue
  }
  [[ $step =~ ^(success|null)\ $title([1-9][0-9]*)$ ]] || continue # no script of it ran
  echo "${BASH_REMATCH[2]} $created $id" >> "$scratch/live"
done < "$scratch/deployments"

found=()
deployments=()
while read -r number; do
  [[ -z $PULL_REQUEST || $number == "$PULL_REQUEST" ]] || continue
  ((${#found[@]} < 256)) || break # GitHub makes no more jobs of one; the next sweep finds the others
  newest=0
  ids=()
  while read -r other created id; do
    [[ $other == "$number" ]] || continue
    ids+=("$id")
    ((created <= newest)) || newest=$created
  done < "$scratch/live"
  state=$(gh api "$repository/pulls/$number" --jq .state)
  if [[ $state == closed ]]; then
    echo "pull request $number is closed"
  elif ((now - newest >= TTL)); then
    echo "nothing was deployed for pull request $number for $((now - newest)) seconds"
  else
    continue
  fi
  found+=("$number")
  deployments+=("${ids[@]}")
done < <(cut -d ' ' -f 1 "$scratch/live" | sort -n -u)
{
  echo "pull-requests=[$(IFS=,; echo "${found[*]-}")]"
  echo "deployments=${deployments[*]-}"
} >> "$GITHUB_OUTPUT"
