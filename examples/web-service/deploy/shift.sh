#!/usr/bin/env bash
# usage: shift.sh DIGEST WEIGHT
# Gives DIGEST that many percent of the requests. What served before keeps running as `stable`, so that `back.sh` needs no
# more than the weight; the next release makes today's canary the stable one before it begins.
set -euo pipefail
digest=$1 weight=$2

releases=$(helm list --filter '^web$' --output json)
if [ "$releases" = '[]' ]; then served='{}'; else served=$(helm get values web --output json); fi
stable=$(jq --raw-output '.image.digest // ""' <<< "$served")
canary=$(jq --raw-output '.canary.digest // ""' <<< "$served")
if [ -z "$stable" ]; then stable=$digest; fi
if [ "$canary" != "$digest" ] && [ "$(jq '.canary.weight // 0' <<< "$served")" = 100 ]; then stable=$canary; fi

helm upgrade web chart --install --atomic --timeout 5m \
  --set-string "image.digest=$stable" --set-string "canary.digest=$digest" --set "canary.weight=$weight"
