echo "commit-short=${GITHUB_SHA:0:12}" >> "$GITHUB_OUTPUT"
# A version is the tag's name from its first digit on.
if [[ $GITHUB_REF_TYPE == tag && $GITHUB_REF_NAME =~ [0-9].* ]]; then
  echo "tag-version=${BASH_REMATCH[0]}" >> "$GITHUB_OUTPUT"
fi
