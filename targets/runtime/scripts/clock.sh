# Starts the clock: the scripts of this job share one timeout, and a part of it is kept for rolling back or cleaning up.
echo "started=$(date +%s)" >> "${ENGINE_OUTPUT}"
