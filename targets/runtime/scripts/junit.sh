
# Lines of one file: `tests 1`, `failed NAME`, `skipped 1`, and `junit` if it is one at all.
cat > "$scratch/cases.awk" << 'AWK'
function over() {
  print "tests 1"
  if (outcome == "failed") print "failed " escape(title)
  if (outcome == "skipped") print "skipped 1"
  open = 0
}
name ~ /^testsuites?$/ { print "junit 1" }
name == "testcase" {
  if (open) over()
  title = attribute("classname")
  title = (title == "" ? "" : title " › ") attribute("name")
  outcome = ""
  open = 1
  if (tag ~ /\/$/) over()
}
open && (name == "failure" || name == "error") { outcome = "failed" }
open && name == "skipped" && outcome == "" { outcome = "skipped" }
name == "/testcase" && open { over() }
END { if (open) { outcome = "failed"; over() } }
AWK

tests=0 failed=0 skipped=0 read=0
while IFS= read -r file; do
  awk -f "$scratch/escape.awk" -f "$scratch/tags.awk" -f "$scratch/cases.awk" "./$file"
done < "$scratch/files" > "$scratch/cases"
while read -r kind rest; do
  case $kind in
    junit) read=1 ;;
    tests) tests=$((tests + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
  esac
done < "$scratch/cases"
if [[ $tests$read == 00 ]]; then
  echo 'This is no report in the form of JUnit.'
  exit 0
fi
echo '| tests | passed | failed | skipped |'
echo '| ---: | ---: | ---: | ---: |'
echo "| $tests | $((tests - failed - skipped)) | $failed | $skipped |"
[[ $failed != 0 ]] || exit 0
echo
awk '/^failed / && ++shown <= 50 { print "- " substr($0, 8, 300) }' "$scratch/cases"
[[ $failed -le 50 ]] || echo "- and $((failed - 50)) more"
