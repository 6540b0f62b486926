cat <<'EOF'
${{ toJSON(github) }} and {0} and {1} and {{ }} and '' and ''''
EOF
