
# Whether the window is open at a time, as `date` takes it: on one of DAYS (1 is Monday), from FROM until UNTIL in ZONE.
is_open() {
  local day time
  read -r day time <<< "$(TZ=$ZONE date "$@" '+%u %H%M')"
  [[ -n $day && $DAYS == *"$day"* ]] && ((10#$time >= 10#${FROM/:/} && 10#$time < 10#${UNTIL/:/}))
}

# A zone that is not known would pass for UTC.
[[ -f ${TZDIR:-/usr/share/zoneinfo}/$ZONE ]] || fail "this machine does not know the time zone $ZONE"
