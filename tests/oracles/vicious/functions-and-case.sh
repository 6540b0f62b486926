f() {
  case "$1" in
    a|b) echo one ;;
    *) echo two ;;
  esac
}
f a; f c
