
# Waits for the window, as long as GitHub lets a job live: six hours, and a little less to be sure.
now=$(date +%s)
opens=''
for ((minutes = 0; minutes <= 350; minutes++)); do
  if is_open --date "@$((now + 60 * minutes))"; then
    opens=$minutes
    break
  fi
done
[[ -n $opens ]] || fail "the window of $ENVIRONMENT opens in more than six hours: run the failed jobs again then"
echo "the window of $ENVIRONMENT opens in $opens minutes" >> "$GITHUB_STEP_SUMMARY"
sleep $((60 * opens))
is_open || fail "the window of $ENVIRONMENT is closed"
