printf '%s' '[0m'
