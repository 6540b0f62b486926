if [[ -z ${REGISTRY_USER+set} ]]; then
  # The token of this job: it writes packages of the repository's owner alone.
  owner=${NAME#*/}
  [[ ${owner%%/*} == "${GITHUB_REPOSITORY_OWNER,,}" ]] ||
    { echo "::error::$NAME is not of $GITHUB_REPOSITORY_OWNER, whose packages alone this token writes: declare a registry"; exit 1; }
  REGISTRY_USER=$GITHUB_ACTOR
fi
