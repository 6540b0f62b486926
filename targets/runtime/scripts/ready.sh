# Waits until a sidecar says that it is ready; what it said last is shown if it never does.
tries=0
until said=$(timeout 10 docker exec "$CONTAINER" sh -euc "$READY" 2>&1); do
  tries=$((tries + 1))
  if ((tries == 60)); then
    printf '%s\n' "$said"
    echo "${ENGINE_ERROR}$SIDECAR was not ready after $tries tries"
    exit 1
  fi
  sleep 2
done
echo "$SIDECAR is ready"
