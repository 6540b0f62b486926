#!/usr/bin/env bash
# Fails unless the first page is served: smoke.sh URL
set -euo pipefail
curl --fail --silent --show-error "$1/" | grep -q '<title>'
