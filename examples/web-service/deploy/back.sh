#!/usr/bin/env bash
# Gives every request back to the digest that served before.
set -euo pipefail
helm upgrade web chart --reuse-values --atomic --timeout 5m --set canary.weight=0
