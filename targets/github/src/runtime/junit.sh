
# Lines of one file: `tests`, `skipped`, `failed NAME`, and `junit` if it is a report of tests at all.
cat > "$scratch/junit.awk" <<'AWK'
function over() {
  print "tests"
  if (outcome == "skipped") print "skipped"
  if (outcome == "failed") {
    gsub(/[\\`*_\[\]|<>]/, "\\\\&", title)
    gsub(/[ \t\r\n]+/, " ", title)
    print "failed " title
  }
  open = 0
}
name ~ /^testsuites?$/ { print "junit" }
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
open && name == "/testcase" { over() }
# It ends in the middle of a test.
END { if (open) { outcome = "failed"; over() } }
AWK

tests=0 failed=0 skipped=0 known=no
while IFS= read -r file; do
  awk -f "$scratch/xml.awk" -f "$scratch/junit.awk" "./$file"
done < "$scratch/files" > "$scratch/cases"
while read -r kind _; do
  known=yes
  case $kind in
    tests) tests=$((tests + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
  esac
done < "$scratch/cases"
if [[ $known == no ]]; then
  echo 'This is no report in the form of JUnit.'
  exit 0
fi
echo '| tests | passed | failed | skipped |'
echo '| ---: | ---: | ---: | ---: |'
echo "| $tests | $((tests - failed - skipped)) | $failed | $skipped |"
echo
awk '/^failed / && ++shown <= 50 { print "- " substr($0, 8, 300) }' "$scratch/cases"
[[ $failed -le 50 ]] || echo "- and $((failed - 50)) more"
