
# Text in a line of Markdown, or in a cell of a table.
cat > "$scratch/escape.awk" << 'AWK'
function escape(text) { gsub(/[\\`*_\[\]|<>]/, "\\\\&", text); gsub(/[ \t\r\n]+/, " ", text); return text }
AWK

# The attributes of the tags of XML that come one by one, without comments and without quoted text.
cat > "$scratch/tags.awk" << 'AWK'
BEGIN { RS = ">" }
inside == "text" { if ($0 ~ /\]\]$/) inside = ""; next }
inside == "comment" { if ($0 ~ /--$/) inside = ""; next }
pending == "" && !/</ { next }
pending == "" && /<!\[CDATA\[/ { if ($0 !~ /\]\]$/) inside = "text"; next }
pending == "" && /<!--/ { if ($0 !~ /--$/) inside = "comment"; next }
{
  tag = pending == "" ? substr($0, index($0, "<") + 1) : pending ">" $0
  bare = tag
  gsub(/"[^"]*"/, "", bare)
  gsub(/\047[^\047]*\047/, "", bare)
  pending = bare ~ /["\047]/ ? tag : ""
  if (pending != "") next
  name = tag
  sub(/[ \t\r\n\/].*/, "", name)
  if (tag ~ /^\//) name = "/" substr(tag, 2)
}
function attribute(key) {
  if (match(tag, "[ \t\r\n]" key "=\"[^\"]*\"")) return substr(tag, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
  if (match(tag, "[ \t\r\n]" key "=\047[^\047]*\047")) return substr(tag, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
  return ""
}
AWK
