#!/bin/sh
# Brings the program into production: a folder, so that the example can be tried anywhere.
set -eu
folder=${DEPLOY_DIR:-production}
mkdir -p "$folder"
install -m 755 "$1" "$folder/hello"
echo "deployed $("$folder/hello" production)"
