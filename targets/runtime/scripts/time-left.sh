# Of the LIMIT in seconds since the clock STARTED, how many minutes are left for each of the next PARTS scripts.
left=$(((STARTED + LIMIT - $(date +%s)) / ${PARTS:-1}))
if ((left <= 0)); then
  echo "${ENGINE_ERROR}the timeout is used up"
  exit 1
fi
minutes=$((left / 60))
echo "minutes=$((minutes > 0 ? minutes : 1))" >> "${ENGINE_OUTPUT}"
