xargs -0 cat < "$files" | tr '<' '\n' | awk '/^coverage .*line-rate="/ { sub(/.*line-rate="/, ""); share = $0 * 100 }
  /^LF:/ { lines += substr($0, 4) }
  /^LH:/ { covered += substr($0, 4) }
  /^counter .*type="LINE"/ { missed = hit = $0; sub(/.*missed="/, "", missed); sub(/.*covered="/, "", hit) }
  END {
    if (hit != "") { covered = hit + 0; lines = hit + missed }
    if (lines > 0) printf "%.1f %% of %d lines are covered\n", 100 * covered / lines, lines
    else if (share != "") printf "%.1f %% of the lines are covered\n", share
    else print "The form of the report is not known."
  }'
