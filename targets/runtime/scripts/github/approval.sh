# Goes on only if somebody has approved this run for this environment: protection is a setting, and settings can be lost.
run=repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
authors=''
