#!/bin/sh
# The api service.
set -eu
. "$(dirname "$0")/lib.sh"
say api "${PORT:-8080}"
