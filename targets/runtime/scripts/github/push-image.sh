# Pushes the image under its digest, and makes sure that the registry has it. Only this step knows the password.
host=${NAME%%/*}
if [[ -z ${REGISTRY_USER+set} ]]; then
  # The token of this job: it writes packages of the repository's owner alone.
  owner=${NAME#*/}
  [[ ${owner%%/*} == "${GITHUB_REPOSITORY_OWNER,,}" ]] ||
    { echo "::error::$NAME is not of $GITHUB_REPOSITORY_OWNER, whose packages alone this token writes: declare a registry"; exit 1; }
  REGISTRY_USER=$GITHUB_ACTOR
fi
[[ -n $REGISTRY_USER && -n $REGISTRY_PASSWORD ]] || { echo "::error::user or password for $host is not set"; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
password=$REGISTRY_PASSWORD
unset REGISTRY_PASSWORD
export REGISTRY_AUTH_FILE=$scratch/auth.json
skopeo login --username "$REGISTRY_USER" --password-stdin "$host" <<< "$password"
skopeo copy --all --preserve-digests "oci:$LAYOUT" "docker://$NAME@$DIGEST"
skopeo inspect --raw "docker://$NAME@$DIGEST" > "$scratch/pushed"
sha256sum --check --strict --quiet <<< "${DIGEST#sha256:}  $scratch/pushed"
echo "pushed $NAME@$DIGEST"
