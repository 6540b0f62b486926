
# Whether the window is open at a day of the week, 1 being Monday, and a time: on one of DAYS, from FROM until UNTIL.
is_open() {
  local day=${1% *} time=${1#* }
  [[ -n $day && $DAYS == *"$day"* ]] && ((10#$time >= 10#${FROM/:/} && 10#$time < 10#${UNTIL/:/}))
}

# A zone that is not known would pass for UTC.
[[ -f ${TZDIR:-/usr/share/zoneinfo}/$ZONE ]] || fail "this machine does not know the time zone $ZONE"
