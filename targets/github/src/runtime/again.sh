# Begins attempt ATTEMPT of ATTEMPTS of NODE: throws away what the one before left in the folder of the checkout, and what
# the steps before the scripts had brought elsewhere, so that they bring it anew. A folder that nobody may write is emptied, too.
for folder in "$GITHUB_WORKSPACE" "$RUNNER_TEMP/artefacts" "$RUNNER_TEMP/image-layout" "$RUNNER_TEMP/secrets"; do
  [[ ! -d $folder ]] || find "$folder" -type d ! -perm -700 -exec chmod u+rwx {} \;
done
find "$GITHUB_WORKSPACE" -mindepth 1 -delete
rm -rf "$RUNNER_TEMP/artefacts" "$RUNNER_TEMP/image-layout" "$RUNNER_TEMP/secrets"
echo "::warning title=Retry::attempt $((ATTEMPT - 1)) of $ATTEMPTS of $NODE failed"
echo "attempt $((ATTEMPT - 1)) of $ATTEMPTS of $NODE failed; it is tried again because: $BECAUSE" >> "$GITHUB_STEP_SUMMARY"
