
# Passes if QUORUM runs or more have passed. Each line of RUNS is one: its number, then how each of its scripts ended. It
# has passed if all of its SCRIPTS ended in success; one that never started, or of which nothing is known, has not.
[[ $QUORUM =~ ^[1-9][0-9]*$ && $SCRIPTS =~ ^[1-9][0-9]*$ ]] || fail "it is not said how many runs must pass"
runs=0
passed=0
while read -r run outcomes; do
  [[ -n $run ]] || continue
  runs=$((runs + 1))
  succeeded=0
  others=0
  for outcome in $outcomes; do
    if [[ $outcome == success ]]; then
      succeeded=$((succeeded + 1))
    else
      others=$((others + 1))
    fi
  done
  if [[ $succeeded -eq $SCRIPTS && $others -eq 0 ]]; then
    passed=$((passed + 1))
    echo "run $run passed"
  else
    echo "run $run failed"
  fi
done <<< "$RUNS"
echo "$passed of $runs runs passed; $QUORUM must" | tee -a "${ENGINE_SUMMARY}"
[[ $passed -ge $QUORUM ]] || fail "$passed of $runs runs passed; $QUORUM must"
