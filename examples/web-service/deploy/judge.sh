#!/usr/bin/env bash
# usage: judge.sh PROMETHEUS DIGEST
# Fails unless, over the last ten minutes, DIGEST answered with less than 1% of errors and 95% of its answers within 300 ms.
set -euo pipefail
prometheus=$1 digest=$2

# below LIMIT QUERY: no data is no evidence, so it fails, too.
below() {
  local value
  value=$(curl --fail --silent --show-error --get --data-urlencode "query=$2" "$prometheus/api/v1/query" |
    jq --raw-output '.data.result[0].value[1] // "NaN"')
  echo "$value, asked for less than $1: $2"
  jq --null-input --exit-status --arg value "$value" --argjson limit "$1" '($value | tonumber) as $v | $v == $v and $v < $limit' \
    > /dev/null
}

own="digest=\"$digest\""
below 0.01 "sum(rate(http_requests_total{$own,code=~\"5..\"}[10m])) / sum(rate(http_requests_total{$own}[10m]))"
below 0.3 "histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{$own}[10m])) by (le))"
