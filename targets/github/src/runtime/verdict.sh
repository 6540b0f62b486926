# Green if and only if every job that was due succeeded and no other ran. A job that isn't due is skipped by its own
# condition; one that was due and failed, was cancelled or was skipped is named here.
declare -A due
while read -r stage answer; do
  [[ -z $stage ]] || due[$stage]=$answer
done <<< "$STAGES"
status=0
while read -r job stage result; do
  case $job:${due[${stage:--}]:-}:$result in
    :*) ;;
    *:due:success | *:not-due:skipped) ;;
    *)
      echo "::error::$job: $result"
      status=1
      ;;
  esac
done <<< "$JOBS"
exit "$status"
