#!/usr/bin/env bash
# usage: alarms.sh STACK
# Fails if one of the alarms of the stack rings, or if there is none to ask.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=stack.sh
source "$(dirname "$0")/stack.sh"

read -ra alarms <<< "$(output "$1" Alarms)"
aws cloudwatch describe-alarms --alarm-names "${alarms[@]}" --output json |
  jq --exit-status '.MetricAlarms | length > 0 and all(.StateValue != "ALARM")'
