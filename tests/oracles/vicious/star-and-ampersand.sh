echo '*a &a *b' &
wait
