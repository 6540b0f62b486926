# Green if and only if every job that was due succeeded and no other ran. A job that isn't due is skipped by its own
# condition; one that was due and failed, was cancelled or was skipped is named here.
status=0
for jobs in "${!JOBS@}"; do
  while read -r job result due; do
    case $job:$due:$result in
      :*) ;;
      *:due:success | *:not-due:skipped) ;;
      *)
        echo "::error::$job: $result"
        status=1
        ;;
    esac
  done <<< "${!jobs}"
done
exit "$status"
