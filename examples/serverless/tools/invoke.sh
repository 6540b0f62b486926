#!/usr/bin/env bash
# usage: invoke.sh TEMPLATE
# Runs the built function in the image of its runtime, and looks at what it answers.
set -euo pipefail
template=$1

# expect EVENT BODY
expect() {
  local answer
  answer=$(sam local invoke Thumbnails --template "$template" --event "$1" --parameter-overrides Longest=200)
  echo "$answer"
  jq --exit-status --arg body "$2" '.statusCode == 200 and .body == $body' <<< "$answer" > /dev/null
}

expect events/health.json well
expect events/wide.json '[200, 100]'
