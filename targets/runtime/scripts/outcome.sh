# Tells what became of the nodes before. A line of RESULTS has a node, its result, and that of its override.
outcome=passed
failed=
while read -r node result override; do
  case $result/$override in
    failure/success | success/* | skipped/*) continue ;;
    failure/*) outcome=failed ;;
    *) [[ $outcome == failed ]] || outcome=cancelled ;;
  esac
  failed="${failed:+$failed }$node"
done <<< "$RESULTS"
echo "outcome=$outcome" >> "${ENGINE_OUTPUT}"
echo "failed=$failed" >> "${ENGINE_OUTPUT}"
