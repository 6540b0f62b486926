
# How many lines a file says are covered, and of how many: Cobertura, JaCoCo.
cat > "$scratch/covered.awk" << 'AWK'
name == "coverage" && attribute("line-rate") != "" {
  share = attribute("line-rate")
  covered = attribute("lines-covered")
  all = attribute("lines-valid")
}
name == "report" { jacoco = 1 }
# The last counter is that of the whole report.
name == "counter" && jacoco && attribute("type") == "LINE" {
  covered = attribute("covered")
  all = covered + attribute("missed")
}
END { if (all != "") print covered + 0, all + 0; else if (share != "") print share * 100 }
AWK

# The same of LCOV.
cat > "$scratch/lcov.awk" << 'AWK'
/^SF:/ { known = 1 }
/^LF:/ { all += substr($0, 4) }
/^LH:/ { covered += substr($0, 4) }
END { if (known) print covered + 0, all + 0 }
AWK

cat > "$scratch/row.awk" << 'AWK'
{
  count = split(row, part, " ")
  if (count == 2 && part[2] > 0) share = sprintf("%.1f %%", 100 * part[1] / part[2])
  else if (count == 1) share = sprintf("%.1f %%", part[1])
  else if (count == 0) share = "its form is not known"
  printf "| %s | %s | %s | %s |\n", escape($0), count == 2 ? part[1] : "", count == 2 ? part[2] : "", share
}
AWK

echo '| file | covered | lines | |'
echo '| :--- | ---: | ---: | ---: |'
while IFS= read -r file; do
  row=$(awk -f "$scratch/tags.awk" -f "$scratch/covered.awk" "./$file")
  [[ -n $row ]] || row=$(awk -f "$scratch/lcov.awk" "./$file")
  awk -v "row=$row" -f "$scratch/escape.awk" -f "$scratch/row.awk" <<< "$file"
done < "$scratch/files"
