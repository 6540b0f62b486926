# Stays at this weight for so many seconds before anything judges it.
sleep "$SOAK"
