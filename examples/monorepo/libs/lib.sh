# Shared by every service.
say() {
  echo "$1 listens on $2"
}
