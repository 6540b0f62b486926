#!/usr/bin/env bash
# usage: deploy.sh STACK RELEASE PARAMETERS
# Gives the stack the release as it was uploaded, and its own parameters. It ends when CodeDeploy has moved the last request, and
# fails if an alarm or a hook stopped it: CloudFormation has then gone back by itself.
set -euo pipefail
stack=$1 release=$2
mapfile -t parameters < "$3"
sam deploy --stack-name "$stack" --template-file "$release" --parameter-overrides "${parameters[@]}" \
  --capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --no-confirm-changeset --no-fail-on-empty-changeset
