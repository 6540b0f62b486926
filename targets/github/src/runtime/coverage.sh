
# How many lines are covered, and of how many: Cobertura and JaCoCo.
cat > "$scratch/covered.awk" <<'AWK'
name == "coverage" && attribute("line-rate") != "" {
  share = attribute("line-rate")
  covered = attribute("lines-covered")
  all = attribute("lines-valid")
}
name == "report" { jacoco = 1 }
# The last counter is that of the whole report.
jacoco && name == "counter" && attribute("type") == "LINE" {
  covered = attribute("covered")
  all = covered + attribute("missed")
}
END { if (all != "") print covered + 0, all + 0; else if (share != "") print share * 100 }
AWK

# The same of LCOV.
cat > "$scratch/lcov.awk" <<'AWK'
/^SF:/ { known = 1 }
/^LF:/ { all += substr($0, 4) }
/^LH:/ { covered += substr($0, 4) }
END { if (known) print covered + 0, all + 0 }
AWK

echo '| file | covered | lines | |'
echo '| :--- | ---: | ---: | ---: |'
while IFS= read -r file; do
  counts=$(awk -f "$scratch/xml.awk" -f "$scratch/covered.awk" "./$file")
  [[ -n $counts ]] || counts=$(awk -f "$scratch/lcov.awk" "./$file")
  awk '
    NR == 1 { gsub(/[\\`*_\[\]|<>]/, "\\\\&"); file = $0 }
    NR == 2 && NF == 0 { share = "its form is not known" }
    NR == 2 && NF == 1 { share = sprintf("%.1f %%", $1) }
    NR == 2 && NF == 2 { covered = $1; all = $2 }
    END {
      if (all > 0) share = sprintf("%.1f %%", 100 * covered / all)
      printf "| %s | %s | %s | %s |\n", file, covered, all, share
    }' <<< "$file"$'\n'"$counts"
done < "$scratch/files"
