//! Runs the script that records a deploy, and then the one that reads it, against a stand-in that keeps deployments as
//! GitHub's API does.

use crate::bench::Bench;
use crate::scripts::{FORWARD, FORWARD_VERSION, RECORD_DEPLOYMENT};

/// A replacement of `gh` for deployments. It keeps each of them, and its statuses, under `$GH_FOLDER/deployments`.
///
/// Like GitHub's API ("Create a deployment"), it merges the default branch into the reference unless `auto_merge` is
/// false, looks at all checks of the commit unless `required_contexts` is an empty list, and knows only states from a list.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[[ $1 == api ]] && shift
filter=. silent= endpoint=
declare -A fields=()
while (($#)); do
  case $1 in
    --jq) filter=$2; shift 2 ;;
    -f | -F) fields[${2%%=*}]=${2#"${2%%=*}"}; shift 2 ;;
    --paginate) shift ;;
    --silent) silent=1; shift ;;
    *) endpoint=$1; shift ;;
  esac
done
refuse() { echo "HTTP 422: $1" >&2; exit 1; }
kept=$GH_FOLDER/deployments
mkdir -p "$kept"
path=${endpoint%%\?*}
case $path in
  graphql)
    answer=$(find "$kept" -name '*.json' -exec cat {} + | jq -s --arg environment "${fields[on]#=}" '{data: {repository: {deployments: {
      nodes: map(select(.environment == $environment) | {commitOid: .sha, ref: null, statuses: {nodes: .statuses
        | map({state: (.state | ascii_upcase), createdAt: "2026-02-01T00:00:00Z", logUrl: .log_url})}})}}}}') ;;
  repos/acme/shop/deployments)
    if ((${#fields[@]} == 0)); then
      wanted=${endpoint##*environment=}
      answer=$(find "$kept" -name '*.json' -exec cat {} + |
        jq -s --arg environment "${wanted%%&*}" 'map(select(.environment == $environment)) | sort_by(-.id)')
    else
      [[ ${fields[auto_merge]:-} == =false ]] || refuse "merged the default branch"
      [[ ${fields[required_contexts[]]-none} == "" ]] || refuse "the check of this run is not green yet"
      ref=${fields[ref]#=}
      if [[ $ref =~ ^[0-9a-f]{40}$ ]]; then sha=$ref; else sha=$(cat "$GH_FOLDER/ref-$ref") || refuse "no ref $ref"; fi
      id=$(($(ls "$kept" | wc -l) + 1))
      answer=$(jq -n --argjson id "$id" --arg sha "$sha" --arg ref "$ref" --arg environment "${fields[environment]#=}" \
        '{id: $id, sha: $sha, ref: $ref, environment: $environment, statuses: []}')
      echo "$answer" > "$kept/$id.json"
    fi ;;
  repos/acme/shop/deployments/*/statuses)
    id=${path%/statuses}
    file=$kept/${id##*/}.json
    if ((${#fields[@]} == 0)); then
      answer=$(jq .statuses "$file")
    else
      [[ ${fields[state]} =~ ^=(error|failure|inactive|in_progress|queued|pending|success)$ ]] || refuse "no such state"
      answer=$(jq --arg state "${fields[state]#=}" --arg log "${fields[log_url]#=}" --arg url "${fields[environment_url]#=}" \
        '.statuses += [{state: $state, log_url: $log, environment_url: $url}]' "$file")
      echo "$answer" > "$file"
    fi ;;
  *)
    answer=$GH_FOLDER/${path//[\/?]/_}
    [[ -f $answer ]] || { echo "HTTP 404" >&2; exit 1; }
    answer=$(cat "$answer") ;;
esac
[[ -n $silent ]] || jq -r "$filter" <<< "$answer"
"#;

const OLD: &str = "fedcba9876543210fedcba9876543210fedcba98";
const NEW: &str = "0123456789abcdef0123456789abcdef01234567";

fn bench() -> Bench {
    let bench = Bench::new().program("gh", GH).with("GITHUB_SERVER_URL", "https://github.com");
    bench.answer("repos/acme/shop/actions/runs/77", r#"{"path": ".github/workflows/shop.yml"}"#);
    bench.with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml")
}

/// The deployments that were recorded, as JSON.
fn recorded(bench: &Bench) -> String {
    bench.shell("jq -c . ../gh/deployments/*.json")
}

#[test]
fn a_recorded_deploy_is_what_the_next_one_compares_with() {
    let bench = bench().with("GITHUB_SHA", OLD).with("URL", "https://shop.example");
    assert!(bench.run(FORWARD).success, "nothing was deployed yet");
    let done = bench.run(RECORD_DEPLOYMENT);
    assert!(done.success, "{}", done.log);
    let run = "https://github.com/acme/shop/actions/runs/77";
    let status =
        format!(r#"{{"state":"success","log_url":"{run}","environment_url":"https://shop.example"}}"#);
    let whole =
        format!(r#"{{"id":1,"sha":"{OLD}","ref":"{OLD}","environment":"production","statuses":[{status}]}}"#);
    assert_eq!(recorded(&bench), whole);
    let bench = bench.with("GITHUB_SHA", NEW);
    let goes = |order: &str| {
        bench.answer(
            &format!("repos/acme/shop/compare/{OLD}...{NEW}"),
            &format!(r#"{{"status": "{order}"}}"#),
        );
        bench.run(FORWARD)
    };
    assert!(goes("ahead").success);
    let refused = goes("diverged");
    assert!(!refused.success && refused.log.contains(&format!("production has {OLD}")), "{}", refused.log);
    let elsewhere = bench.with("ENVIRONMENT", "staging");
    assert!(elsewhere.run(FORWARD).success, "it was deployed to production only");
}

#[test]
fn a_deploy_of_a_tag_is_recorded_under_the_tag() {
    let tagged = |bench: Bench, tag: &str| bench.with("GITHUB_REF_TYPE", "tag").with("GITHUB_REF_NAME", tag);
    let bench = tagged(bench(), "v1.4.0").with("WITHIN", "");
    std::fs::write(bench.path("gh").join("ref-v1.4.0"), NEW).unwrap();
    assert!(bench.run(FORWARD_VERSION).success);
    let done = bench.run(RECORD_DEPLOYMENT);
    assert!(done.success, "{}", done.log);
    assert!(recorded(&bench).contains(&format!(r#""sha":"{NEW}","ref":"v1.4.0""#)));
    let bench = tagged(bench, "v1.3.9");
    let refused = bench.run(FORWARD_VERSION);
    assert!(!refused.success && refused.log.contains("v1.4.0, a higher version"), "{}", refused.log);
    assert!(tagged(bench, "v1.4.1").run(FORWARD_VERSION).success);
}

#[test]
fn a_deploy_that_cannot_be_recorded_fails() {
    let bench = bench().program("gh", "#!/bin/sh\necho 'HTTP 403' >&2\nexit 1\n");
    let done = bench.run(RECORD_DEPLOYMENT);
    assert!(!done.success && done.log.contains("403"), "{}", done.log);
    let gone = self::bench().with("GITHUB_REF_TYPE", "tag").with("GITHUB_REF_NAME", "v9.9.9");
    assert!(!gone.run(RECORD_DEPLOYMENT).success, "a tag that was deleted meanwhile");
}
