echo "exempt: $REASON" | tee -a "${ENGINE_SUMMARY}"
printf 'outcome=exempt\nreason=%s\n' "${REASON//[$'\r\n']/ }" >> "${ENGINE_OUTPUT}"
