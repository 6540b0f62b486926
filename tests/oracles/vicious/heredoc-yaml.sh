cat <<'YAML' > /dev/null
---
key: value
list:
  - a
  - |
    block
...
YAML
