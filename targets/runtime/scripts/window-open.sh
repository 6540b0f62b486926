
# Goes on only in the window: it may have closed while the deploy waited for its approval, or for others before it.
now=$(TZ=$ZONE date '+%u %H%M')
is_open "$now" || fail "the window of $ENVIRONMENT is closed: run the failed jobs again from $FROM, $ZONE"
