exit 0
echo '${{ never }}'
