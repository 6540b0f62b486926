# Writes a secret to a file that only this user reads.
[[ -n $SECRET ]] || { echo "${ENGINE_ERROR}the secret for $FILE is not set"; exit 1; }
umask 077
mkdir -p "${FILE%/*}"
printf '%s' "$SECRET" > "$FILE"
