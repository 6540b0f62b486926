
# Goes on after an override only as long as it is in force. Each line of OVERRIDES: a gate before this deploy, its result,
# for how many seconds an override of it holds, and when one was approved.
while read -r name result expires approved; do
  if [[ -z $name || $name != "$GATE" || $result == success || $result == skipped ]]; then
    continue
  fi
  [[ $approved =~ ^[0-9]{10,11}$ ]] || fail "when the override of $name was approved is not known"
  age=$(($(date -u +%s) - approved))
  ((age <= expires)) || fail "the override of $name expired: it was approved $age seconds ago and held for $expires"
done <<< "$OVERRIDES"
