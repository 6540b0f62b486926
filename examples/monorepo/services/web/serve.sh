#!/bin/sh
# The web service.
set -eu
. "$(dirname "$0")/lib.sh"
say web "${PORT:-8080}"
