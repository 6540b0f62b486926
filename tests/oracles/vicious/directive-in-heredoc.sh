cat <<'EOF' > /dev/null
%YAML 1.1
%TAG ! tag:example,2026:
---
EOF
