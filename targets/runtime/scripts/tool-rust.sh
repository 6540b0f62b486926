
# Installs a toolchain of Rust, of a version or of a file, and makes it the one that every script uses.
command -v rustup > /dev/null || fail "there is no rustup on this machine"
if [[ -n ${FILE:-} ]]; then
  [[ -f $FILE ]] || fail "$FILE is not a file"
  folder=.
  [[ $FILE != */* ]] || folder=${FILE%/*}
  cd "$folder"
  rustup toolchain install --no-self-update
  toolchain=$(rustup show active-toolchain)
  toolchain=${toolchain%% *}
else
  toolchain=$VERSION
  rustup toolchain install "$toolchain" --profile minimal --component rustfmt --component clippy --no-self-update
fi
echo "RUSTUP_TOOLCHAIN=$toolchain" >> "${ENGINE_VARIABLES}"
