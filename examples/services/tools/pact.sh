#!/usr/bin/env bash
# usage: pact.sh publish|can-i-deploy|deployed SERVICE VERSION
# Talks to the Pact broker: publishes what SERVICE asks of others, asks whether VERSION gets on with what production runs, or
# says that it is there now. The token comes as PACT_BROKER_TOKEN.
set -euo pipefail
verb=$1 service=$2 version=$3

broker() {
  npx --yes --package @pact-foundation/pact-cli@18.1.2 pact-broker "$@" --broker-base-url https://pact.acme.example
}

case $verb in
  publish)
    if [ -d pacts ]; then
      broker publish pacts --consumer-app-version "$version" --branch main
    else
      echo "$service asks nothing of others"
    fi
    ;;
  can-i-deploy)
    # A provider that is still being verified is waited for: so a change of all services is released in the order of need.
    broker can-i-deploy --pacticipant "$service" --version "$version" --to-environment production \
      --retry-while-unknown 40 --retry-interval 30
    ;;
  deployed) broker record-deployment --pacticipant "$service" --version "$version" --environment production ;;
  *)
    echo "publish, can-i-deploy or deployed: not $verb" >&2
    exit 2
    ;;
esac
