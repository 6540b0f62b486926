cat <<A; cat <<'B'
first
A
second $x
B
