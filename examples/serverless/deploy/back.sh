#!/usr/bin/env bash
# usage: back.sh STACK
# Points the alias to the version that `remember.sh` noted.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=stack.sh
source "$(dirname "$0")/stack.sh"

if [ ! -f previous-version ]; then
  echo "there is no version to go back to" >&2
  exit 1
fi
function=$(output "$1" Function)
aws lambda update-alias --function-name "$function" --name live --function-version "$(cat previous-version)" \
  --routing-config 'AdditionalVersionWeights={}'
