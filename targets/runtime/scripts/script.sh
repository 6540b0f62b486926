# Runs a script that ${ENGINE_NAME} would change on its way: it comes in base64 and reaches the shell byte for byte.
script=$(mktemp "${ENGINE_TEMP}/script-XXXXXXXX")
base64 --decode <<< "$PIPE_SCRIPT" > "$script"
unset PIPE_SCRIPT
exec bash --noprofile --norc -p -euo pipefail "$script"
