# The gate need not run: says so and why.
echo "outcome=exempt" >> "$GITHUB_OUTPUT"
echo "reason=${REASON//[$'\r\n']/ }" >> "$GITHUB_OUTPUT"
echo "exempt: $REASON" >> "$GITHUB_STEP_SUMMARY"
