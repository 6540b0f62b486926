#!/bin/sh
# Brings a built folder to the machines of a region.
set -eu
bundle=$1
region=$2
tar -c -C "$bundle" . | curl --fail --silent --show-error --data-binary @- \
  --header "Authorization: Bearer $DEPLOY_TOKEN" \
  "https://deploy.shop.example/storefront?region=$region"
