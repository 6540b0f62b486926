# The gate need not run: says so and why.
echo "outcome=exempt" >> "${ENGINE_OUTPUT}"
echo "reason=${REASON//[$'\r\n']/ }" >> "${ENGINE_OUTPUT}"
echo "exempt: $REASON" >> "${ENGINE_SUMMARY}"
