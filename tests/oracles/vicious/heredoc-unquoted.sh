name=world
cat <<EOF
hello $name \$name $(printf x) \\ "
EOF
