# Green if and only if every job that was due succeeded and no other ran. A job that isn't due is skipped by its own
# condition; one that was due and failed, was cancelled or was skipped is named here. A gate that may be overridden has
# the result of its override behind it.
status=0
absent=()
for jobs in "${!JOBS@}"; do
  while read -r job result due override; do
    case $job:$due:$result:$override in
      :*) ;;
      *:due:success:*) ;;
      *:not-due:skipped:*) absent+=("$job") ;;
      *:due:failure:success) echo "${ENGINE_WARNING}Override${ENGINE_TITLE_END}$job failed and was overridden" ;;
      *)
        echo "${ENGINE_ERROR}$job: $result"
        status=1
        ;;
    esac
  done <<< "${!jobs}"
done
echo "not-due=${absent[*]}" >> "${ENGINE_OUTPUT}"
exit "$status"
