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
