today=$(date +%s)
test -n "$today"
echo "$(printf '%s' "$(printf x)")"
