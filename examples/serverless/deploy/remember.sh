#!/usr/bin/env bash
# usage: remember.sh STACK
# Notes which version the alias names, for `back.sh`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=stack.sh
source "$(dirname "$0")/stack.sh"

stacks=$(aws cloudformation list-stacks --query "StackSummaries[?StackName=='$1' && StackStatus!='DELETE_COMPLETE']" --output json)
if [ "$(jq length <<< "$stacks")" = 0 ]; then
  echo "$1 is new: there is nothing to go back to"
  exit 0
fi
function=$(output "$1" Function)
aws lambda get-alias --function-name "$function" --name live --query FunctionVersion --output text > previous-version
