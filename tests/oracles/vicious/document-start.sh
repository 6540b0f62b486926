cat <<'EOF'
---
--- text
EOF
