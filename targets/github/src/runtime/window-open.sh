
# Goes on only in the window: it may have closed while the deploy waited for its approval, or for others before it.
is_open || fail "the window of $ENVIRONMENT is closed: run the failed jobs again from $FROM, $ZONE"
