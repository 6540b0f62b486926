# Starts the clock: the scripts of the deploy share one timeout, and a part of it is kept for rolling back.
echo "started=$(date +%s)" >> "${ENGINE_OUTPUT}"
