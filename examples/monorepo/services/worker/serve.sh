#!/bin/sh
# The worker service.
set -eu
. "$(dirname "$0")/lib.sh"
say worker "${PORT:-8080}"
