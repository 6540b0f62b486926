
# Waits for the window, as long as ${ENGINE_NAME} lets a job live: ${ENGINE_LONGEST_JOB}, and a little less to be sure.
start=$(date +%s)
opens=''
for ((minutes = 0; minutes <= ${ENGINE_LONGEST_WAIT}; minutes++)); do
  later=$(TZ=$ZONE date --date "@$((start + 60 * minutes))" '+%u %H%M')
  if is_open "$later"; then
    opens=$minutes
    break
  fi
done
[[ -n $opens ]] || fail "the window of $ENVIRONMENT opens in more than ${ENGINE_LONGEST_JOB}: run the failed jobs again then"
echo "the window of $ENVIRONMENT opens in $opens minutes" >> "${ENGINE_SUMMARY}"
sleep $((60 * opens))
now=$(TZ=$ZONE date '+%u %H%M')
is_open "$now" || fail "the window of $ENVIRONMENT is closed"
