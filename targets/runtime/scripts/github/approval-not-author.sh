# Goes on only if somebody has approved this run for this environment who wrote nothing of what it deploys anew.
