export LC_ALL=C # names and digests are bytes, whatever the language of the machine

fail() {
  echo "::error::$1"
  exit 1
}

# The SHA-256 of standard input, in hexadecimal.
sha256() {
  if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}
