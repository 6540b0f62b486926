
# Begins attempt ATTEMPT of ATTEMPTS of NODE: ends what the one before left running, and throws away what it left in the folder
# of the checkout, and what the steps before the scripts had brought elsewhere, so that they bring it anew.

# Of a script that runs out of time ${ENGINE_NAME} ends the shell alone; what it had started would go on in that folder.
running=yes
for _ in 1 2 3 4 5 6 7 8 9 10; do
  running=no
  for environment in /proc/[0-9]*/environ; do
    [[ -r $environment ]] || continue
    variables=$'\n'$({ tr '\0' '\n' < "$environment"; } 2> /dev/null || true)$'\n'
    [[ $variables == *$'\n'"${ENGINE_JOB_MARK}"$'\n'* && $variables == *$'\n'${ENGINE_STEP}=try-* ]] || continue
    running=yes
    kill -9 "${environment//[!0-9]/}" 2> /dev/null || true
  done
  [[ $running == yes ]] || break
  sleep 1
done
[[ $running == no ]] || fail "attempt $((ATTEMPT - 1)) left something running that can't be ended"

for folder in "${ENGINE_CHECKOUT}" "${ENGINE_TEMP}/artefacts" "${ENGINE_TEMP}/image-layout" "${ENGINE_TEMP}/secrets"; do
  [[ ! -d $folder ]] || find "$folder" -type d ! -perm -700 -exec chmod u+rwx {} \;
done
find "${ENGINE_CHECKOUT}" -mindepth 1 -delete
rm -rf "${ENGINE_TEMP}/artefacts" "${ENGINE_TEMP}/image-layout" "${ENGINE_TEMP}/secrets"
echo "${ENGINE_WARNING}Retry${ENGINE_TITLE_END}attempt $((ATTEMPT - 1)) of $ATTEMPTS of $NODE failed"
echo "attempt $((ATTEMPT - 1)) of $ATTEMPTS of $NODE failed; it is tried again because: $BECAUSE" >> "${ENGINE_SUMMARY}"
