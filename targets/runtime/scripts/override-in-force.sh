
# Goes on after an override only as long as it is in force. Each line of OVERRIDES: a gate before this deploy, its result,
# for how many seconds an override of it holds, and when one was approved. It holds for one attempt: a job of a second one
# would go on with the approval of the first.
while read -r name result expires approved; do
  if [[ -z $name || $name != "$GATE" || $result == success || $result == skipped ]]; then
    continue
  fi
  [[ ${ENGINE_ATTEMPT} == 1 ]] || fail "an override is for one attempt: start another run instead of this one again"
  [[ $approved =~ ^[0-9]{10,11}$ ]] || fail "when the override of $name was approved is not known"
  age=$(($(date -u +%s) - approved))
  ((age <= expires)) || fail "the override of $name expired: it was approved $age seconds ago and held for $expires"
done <<< "$OVERRIDES"
