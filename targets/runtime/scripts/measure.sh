
# Passes if the report FILE, one JSON text, is as every line of EXPECTATIONS says: a `key`, which is a path of names with
# dots, a comparison `is`, and a `number`, with a `unit` or without, or a `text`. What is not there, or is no such thing, has
# failed. A number of the report is one of the unit; of a percentage it is a fraction, 0.97 being 97%. A text of the
# report may say its own unit. The RUN of several, if it is said, puts its report aside: the next writes its own.
command -v jq > /dev/null || fail "jq is not there, which reads $FILE"
[[ -f $FILE ]] || fail "$FILE is not there: no script has written it"
report=$FILE
if [[ -n ${RUN:-} ]]; then
  report=$FILE.run-$RUN
  mv -f -- "$FILE" "$report"
fi
jq -n -e --slurpfile report "$report" '$report | length == 1' > /dev/null || fail "$FILE is not one JSON text"
judged=$(jq -n -r --slurpfile report "$report" '
  def units: {
    percentage: {"%": ["e-2", 1]},
    duration: {ns: ["e0", 1], us: ["e3", 1], ms: ["e6", 1], s: ["e9", 1], m: ["e9", 60], h: ["e9", 3600], d: ["e9", 86400]},
    size: {B: ["e0", 1], KiB: ["e0", 1024], MiB: ["e0", 1048576], GiB: ["e0", 1073741824]}
  };
  def digits: length > 0 and (explode | all(. >= 48 and . <= 57));
  def is_decimal: ltrimstr("-") | split(".") | (length == 1 or length == 2) and all(.[]; digits);
  def amount(kind): . as $text
    | [units[kind] | to_entries[] | .key as $unit | .value as $scale
        | $text | select(endswith($unit)) | rtrimstr($unit) | rtrimstr(" ") | select(is_decimal)
        | (. + $scale[0] | tonumber) * $scale[1]]
    | first;
  def is_finite: type == "number" and (isnan | not) and . <= 1.7e308 and . >= -1.7e308;
  def shown: if type == "string" then "\"" + .[:60] + "\"" elif is_finite then tojson
    elif type == "number" then "no finite number" elif type == "boolean" then tojson
    elif . == null then "null" else "of type \(type)" end;
  def plain: explode | map(if . >= 48 and . <= 57 or . >= 65 and . <= 90 or . >= 97 and . <= 122 or . == 32 or . == 46
    then [.] | implode else "&#\(.);" end) | join("");
  def compare($sign; $other): if $sign == "<" then . < $other elif $sign == "<=" then . <= $other
    elif $sign == "==" then . == $other elif $sign == "!=" then . != $other
    elif $sign == ">=" then . >= $other else . > $other and $sign == ">" end;
  def at($path): reduce $path[] as $name ([.];
    if length == 1 and (.[0] | type) == "object" and (.[0] | has($name)) then [.[0][$name]] else [] end);
  env.EXPECTATIONS | split("\n")[] | select(length > 0) | fromjson | . as $row
  | (.unit // "") as $unit
  | ([units | to_entries[] | select(.value | has($unit)) | .key] | first) as $kind
  | ($row.text // "\($row.number)\($unit)") as $wanted
  | ($report[0] | at($row.key | split("."))) as $found
  | ($found | first | shown) as $shown
  | ($found | first) as $value | ($value | type) as $type
  | (if ($found | length) == 0 then "is not there"
     elif $row | has("text") then
       if $type != "string" then "is \($shown), no text"
       elif $value | compare($row.is; $row.text) then "" else "is \($shown)" end
     elif $type == "number" and ($value | is_finite | not) then "is no finite number"
     elif $type == "number" and $kind == "percentage" then
       if $value < 0 or $value > 1 then "is \($shown), no fraction from 0 to 1: write 0.97 or \"97%\""
       elif $value | compare($row.is; ($wanted | amount($kind))) then "" else "is \($shown)" end
     elif $type == "number" and $kind != null and $value < 0 then "is \($shown)\($unit), below zero"
     elif $type == "number" then
       if $value | compare($row.is; ($row.number | tonumber)) then "" else "is \($shown)\($unit)" end
     elif $type == "string" and $kind != null then
       ($value | amount($kind)) as $amount
       | if $amount == null then "is \($shown), no \($kind)"
         elif $amount < 0 then "is \($shown), below zero"
         elif $amount | compare($row.is; ($wanted | amount($kind))) then "" else "is \($shown)" end
     else "is \($shown), no number" end) as $why
  | (if ($found | length) == 0 then "" else $shown end) as $cell
  | "| \($row.key | plain) | \($cell | plain) | \("\($row.is) \($wanted)" | plain) | \(if $why == "" then "holds" else "fails" end) |",
    if $why == "" then empty else "\($row.key) \($why), and must be \($row.is) \($wanted)" | tojson | .[1:-1] end
') || fail "$FILE can not be judged"
[[ -n $judged ]] || fail "nothing is expected of $FILE"
status=0
table=
while IFS= read -r line; do
  case $line in
    "| "*) table+=$line$'\n' ;;
    *)
      line=${line//\\\"/\"}
      echo "${ENGINE_ERROR}${ENGINE_ESCAPED_LINE}"
      status=1
      ;;
  esac
done <<< "$judged"
printf '| %s | found | expected | |\n|---|---|---|---|\n%s\n' "measured${RUN:+ in run $RUN}" "$table" | tee -a "${ENGINE_SUMMARY}"
exit "$status"
