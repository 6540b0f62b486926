cat <<'END OF FILE' > /dev/null
$HOME `date` $(date) \ " ' \n
  indented

---
END OF FILE
