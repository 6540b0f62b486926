fail() {
  echo "${ENGINE_ERROR}$1"
  exit 1
}
