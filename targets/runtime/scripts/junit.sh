xargs -0 cat < "$files" | awk -v RS='<' '/^testcase[ \t\r\n]/ { tests++; test = $0 }
  /^skipped[ \t\r\n\/>]/ { skipped++ }
  /^(failure|error)[ \t\r\n\/>]/ && test != "" {
    if (match(test, /[ \t\r\n]name="[^"]*"/)) names = names "- " substr(test, RSTART + 7, RLENGTH - 8) "\n"
    failed++
    test = ""
  }
  END { printf "%d tests, %d failed, %d skipped\n\n%s", tests, failed, skipped, substr(names, 1, 20000) }'
