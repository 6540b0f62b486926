
# The tags of XML, one by one, without comments and without quoted text.
cat > "$scratch/xml.awk" <<'AWK'
BEGIN { RS = ">" }
inside == "text" { if ($0 ~ /\]\]$/) inside = ""; next }
inside == "comment" { if ($0 ~ /--$/) inside = ""; next }
pending == "" && !/</ { next }
pending == "" && /<!\[CDATA\[/ { if ($0 !~ /\]\]$/) inside = "text"; next }
pending == "" && /<!--/ { if ($0 !~ /--$/) inside = "comment"; next }
{
  tag = pending == "" ? substr($0, index($0, "<") + 1) : pending ">" $0
  # An attribute may hold what else ends a tag.
  bare = tag
  gsub(/"[^"]*"/, "", bare)
  gsub(/'[^']*'/, "", bare)
  pending = bare ~ /["']/ ? tag : ""
  if (pending != "") next
  name = tag
  sub(/[ \t\r\n\/].*/, "", name)
  if (tag ~ /^\//) name = "/" substr(tag, 2)
}
function attribute(key) {
  if (!match(tag, "[ \t\r\n]" key "=(\"[^\"]*\"|'[^']*')")) return ""
  return substr(tag, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
}
AWK
