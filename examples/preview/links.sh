#!/usr/bin/env bash
# Fails if a page links to one that is not there: links.sh FOLDER
set -euo pipefail
cd "$1"
status=0
for page in *.html; do
  while IFS= read -r target; do
    [[ -e $target ]] || { echo "$page links to $target, which is not there" >&2; status=1; }
  done < <(grep -o 'href="[^":]*"' "$page" | cut -d '"' -f 2)
done
exit "$status"
