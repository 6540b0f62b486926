#!/usr/bin/env bash
# The site as it is served: build.sh FROM TO
set -euo pipefail
mkdir -p "$2"
cp -R "$1/." "$2"
