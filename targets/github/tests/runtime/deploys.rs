//! Runs the scripts that query the API before a deploy.

use crate::bench::Bench;
use crate::scripts::{APPROVAL, FORWARD, FORWARD_VERSION};

fn approvals(json: &str) -> Bench {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("AUTHOR_MAY_APPROVE", "false");
    let run = r#"{"actor": {"login": "Ann"}, "triggering_actor": {"login": "bob"}}"#;
    bench.answer("repos/acme/shop/actions/runs/77", run);
    bench.answer("repos/acme/shop/actions/runs/77/approvals", json);
    bench.answer(&commit(), r#"{"author": {"login": "dora"}, "committer": {"login": "Emil"}}"#);
    bench
}

fn commit() -> String {
    format!("repos/acme/shop/commits/{NEW}")
}

fn approval(state: &str, environment: &str, login: &str) -> String {
    format!(
        r#"{{"state": "{state}", "environments": [{{"name": "{environment}"}}], "user": {{"login": "{login}"}}}}"#
    )
}

#[test]
fn trap_12_a_deploy_needs_approval_by_another_person() {
    let approved = |json: String| approvals(&json).run(APPROVAL).success;
    assert!(approved(format!("[{}]", approval("approved", "production", "carl"))));
    assert!(!approved("[]".to_owned()), "the setting was lost");
    assert!(!approved(format!("[{}]", approval("rejected", "production", "carl"))));
    assert!(!approved(format!("[{}]", approval("approved", "staging", "carl"))), "for another environment");
    assert!(!approved(format!("[{}]", approval("approved", "production", "ann"))), "by who pushed");
    assert!(!approved(format!("[{}]", approval("approved", "production", "Bob"))), "by who started it again");
    let both = [approval("approved", "production", "ann"), approval("approved", "production", "carl")];
    assert!(approved(format!("[{}]", both.join(","))));
}

#[test]
fn trap_12_author_and_committer_count_as_authors() {
    let approved = |by: &str, writers: &str| {
        let bench = approvals(&format!("[{}]", approval("approved", "production", by)));
        bench.answer(&commit(), writers);
        bench.run(APPROVAL).success
    };
    let both = r#"{"author": {"login": "dora"}, "committer": {"login": "Emil"}}"#;
    assert!(!approved("Dora", both), "who wrote it");
    assert!(!approved("emil", both), "who committed it");
    assert!(!approved("ann", both), "who started the run still counts");
    assert!(approved("carl", both));
    let merged = r#"{"author": {"login": "dora"}, "committer": {"login": "web-flow"}}"#;
    assert!(!approved("dora", merged));
    assert!(approved("web-flow", merged), "the site wrote nothing");
    for nobody in [r#"{"author": null, "committer": null}"#, r#"{"author": {}, "committer": {}}"#] {
        assert!(approved("carl", nobody) && approved("null", nobody), "GitHub knows nobody: {nobody}");
        assert!(!approved("bob", nobody));
    }
}

#[test]
fn an_unknown_author_prevents_approval_by_others() {
    let bench = approvals(&format!("[{}]", approval("approved", "production", "carl")));
    bench.answer(&commit(), "no JSON");
    assert!(!bench.run(APPROVAL).success);
    std::fs::remove_file(bench.path("gh").join(commit().replace('/', "_"))).unwrap();
    assert!(!bench.run(APPROVAL).success);
    assert!(bench.with("AUTHOR_MAY_APPROVE", "true").run(APPROVAL).success, "then it is not asked");
}

#[test]
fn an_author_may_approve_if_allowed() {
    let bench = approvals(&format!("[{}]", approval("approved", "production", "ann")));
    assert!(bench.with("AUTHOR_MAY_APPROVE", "true").run(APPROVAL).success);
}

#[test]
fn an_unreadable_approval_does_not_count() {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("AUTHOR_MAY_APPROVE", "true");
    assert!(!bench.run(APPROVAL).success);
    let bench = approvals("{\"message\": \"Not Found\"}");
    assert!(!bench.with("AUTHOR_MAY_APPROVE", "true").run(APPROVAL).success);
}

const NEW: &str = "0123456789abcdef0123456789abcdef01234567";
const OLD: &str = "fedcba9876543210fedcba9876543210fedcba98";

/// A history of one deployment of `OLD` to production.
fn deployed(statuses: &str, workflow: &str, order: &str) -> Bench {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
    bench.answer(
        "repos/acme/shop/deployments",
        &format!(r#"[{{"id": 5, "sha": "{OLD}", "ref": "release/2.2"}}]"#),
    );
    bench.answer("repos/acme/shop/deployments/5/statuses", statuses);
    bench
        .answer("repos/acme/shop/actions/runs/66", &format!(r#"{{"path": ".github/workflows/{workflow}"}}"#));
    bench.answer(&format!("repos/acme/shop/compare/{OLD}...{NEW}"), &format!(r#"{{"status": "{order}"}}"#));
    bench
}

const SUCCEEDED: &str = r#"[
  {"state": "inactive", "log_url": "https://github.com/acme/shop/actions/runs/66/job/1"},
  {"state": "success", "log_url": "https://github.com/acme/shop/actions/runs/66/job/1"}
]"#;

#[test]
fn a_deploy_never_goes_backwards() {
    let goes = |order| deployed(SUCCEEDED, "shop.yml", order).run(FORWARD).success;
    assert!(goes("ahead") && goes("identical"));
    assert!(!goes("behind") && !goes("diverged"));
}

#[test]
fn a_refused_deploy_says_which_commit_is_there_and_what_to_do() {
    for order in ["diverged", "behind"] {
        let log = deployed(SUCCEEDED, "shop.yml", order).run(FORWARD).log;
        let there = format!("production has {OLD} of release/2.2, which {NEW} of main does not contain");
        assert!(log.contains(&format!("{there}: merge it, or revert it on top")), "{log}");
    }
}

#[test]
fn other_workflows_and_failed_deploys_do_not_count() {
    assert!(deployed(SUCCEEDED, "other.yml", "diverged").run(FORWARD).success);
    let failed = r#"[{"state": "failure", "log_url": "https://github.com/acme/shop/actions/runs/66/job/1"}]"#;
    assert!(deployed(failed, "shop.yml", "diverged").run(FORWARD).success);
    let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
    bench.answer("repos/acme/shop/deployments", "[]");
    assert!(bench.run(FORWARD).success, "the first deploy has none before it");
}

#[test]
fn a_history_that_cannot_be_read_stops_the_deploy() {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
    assert!(!bench.run(FORWARD).success);
    bench.answer(
        "repos/acme/shop/deployments",
        &format!(r#"[{{"id": 5, "sha": "{OLD}", "ref": "release/2.2"}}]"#),
    );
    assert!(!bench.run(FORWARD).success);
}

#[test]
fn deleted_runs_count_as_this_workflows() {
    let goes = |order: &str| {
        let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
        bench.answer(
            "repos/acme/shop/deployments",
            &format!(r#"[{{"id": 5, "sha": "{OLD}", "ref": "release/2.2"}}]"#),
        );
        bench.answer("repos/acme/shop/deployments/5/statuses", SUCCEEDED);
        bench.answer(
            &format!("repos/acme/shop/compare/{OLD}...{NEW}"),
            &format!(r#"{{"status": "{order}"}}"#),
        );
        bench.run(FORWARD).success
    };
    assert!(goes("ahead"), "a deploy is not stopped for ever by a run that is gone");
    assert!(!goes("diverged"));
}

/// A deploy of a tag to an environment that goes forward by version. Each tag of `before` was deployed there by this
/// workflow, the newest first.
fn tagged(tag: &str, within: &str, before: &[&str]) -> Bench {
    let bench = Bench::new().with("ENVIRONMENT", "store").with("WORKFLOW", "shop.yml").with("WITHIN", within);
    let bench = bench.with("GITHUB_REF_TYPE", "tag").with("GITHUB_REF_NAME", tag);
    let entries = before.iter().enumerate();
    let entries = entries.map(|(id, tag)| format!(r#"{{"id": {id}, "sha": "{OLD}", "ref": "{tag}"}}"#));
    bench.answer("repos/acme/shop/deployments", &format!("[{}]", entries.collect::<Vec<_>>().join(", ")));
    for id in 0..before.len() {
        bench.answer(&format!("repos/acme/shop/deployments/{id}/statuses"), SUCCEEDED);
    }
    bench.answer("repos/acme/shop/actions/runs/66", r#"{"path": ".github/workflows/shop.yml@refs/tags/v1"}"#);
    bench
}

#[test]
fn versions_go_forward_in_the_order_of_semantic_versioning() {
    // The example of https://semver.org/#spec-item-11, with releases around it.
    let rising = [
        "v0.9.10",
        "v1.0.0-alpha",
        "v1.0.0-alpha.1",
        "v1.0.0-alpha.beta",
        "v1.0.0-beta",
        "v1.0.0-beta.2",
        "v1.0.0-beta.11",
        "v1.0.0-rc.1",
        "v1.0.0",
        "v1.0.1",
        "v1.2.0",
        "v1.10.0",
        "v2.0.0",
    ];
    for (place, tag) in rising.iter().enumerate() {
        for (other, before) in rising.iter().enumerate() {
            let is_forward = tagged(tag, "", &[before]).run(FORWARD_VERSION).success;
            assert_eq!(is_forward, place >= other, "{tag} after {before}");
        }
    }
    assert!(tagged("v1.0.0+2", "", &["v1.0.0+10"]).run(FORWARD_VERSION).success, "a build has no order");
}

#[test]
fn the_highest_version_counts_and_not_the_newest() {
    let bench = tagged("v1.5.0", "", &["v1.4.0", "v2.0.0", "v1.3.0"]);
    let done = bench.run(FORWARD_VERSION);
    assert!(!done.success);
    let said = format!("store has {OLD} of v2.0.0, a higher version than v1.5.0: deploy a version after it");
    assert!(done.log.contains(&said), "{}", done.log);
}

#[test]
fn each_line_of_versions_has_its_own_direction() {
    let goes = |within, before: &[&str]| tagged("v1.4.2", within, before).run(FORWARD_VERSION).success;
    assert!(!goes("", &["v2.0.0"]) && goes("major", &["v2.0.0"]) && goes("minor", &["v2.0.0"]));
    assert!(!goes("major", &["v1.5.0"]) && goes("minor", &["v1.5.0"]));
    assert!(!goes("minor", &["v2.0.0", "v1.4.3"]) && goes("minor", &["v1.4.1", "v1.4.2"]));
}

#[test]
fn what_has_no_version_does_not_count_and_is_not_deployed() {
    assert!(
        tagged("v1.0.0", "", &["main", "v2", "nightly", "refs/tags/v0.9.0"]).run(FORWARD_VERSION).success
    );
    assert!(!tagged("v1.0.0", "", &["refs/tags/v1.0.1"]).run(FORWARD_VERSION).success);
    for tag in ["v2", "v2.0", "nightly", "v1.0.0_1", "v1.0.0.1"] {
        let done = tagged(tag, "", &[]).run(FORWARD_VERSION);
        assert!(!done.success && done.log.contains("no tag with a version like 1.2.3"), "{tag}");
    }
    assert!(!tagged("v1.0.0", "", &[]).with("GITHUB_REF_TYPE", "branch").run(FORWARD_VERSION).success);
}

#[test]
fn only_versions_that_this_workflow_deployed_count() {
    let bench = tagged("v1.0.0", "", &["v2.0.0"]);
    bench.answer("repos/acme/shop/actions/runs/66", r#"{"path": ".github/workflows/other.yml"}"#);
    assert!(bench.run(FORWARD_VERSION).success);
    let bench = tagged("v1.0.0", "", &["v2.0.0"]);
    bench.answer("repos/acme/shop/deployments/0/statuses", r#"[{"state": "failure"}]"#);
    assert!(bench.run(FORWARD_VERSION).success);
    let bench = tagged("v1.0.0", "", &["v2.0.0"]);
    std::fs::remove_file(bench.path("gh").join("repos_acme_shop_deployments_0_statuses")).unwrap();
    assert!(!bench.run(FORWARD_VERSION).success, "a history that can't be read stops the deploy");
    let bench = tagged("v1.0.0", "", &[]);
    std::fs::remove_file(bench.path("gh").join("repos_acme_shop_deployments")).unwrap();
    assert!(!bench.run(FORWARD_VERSION).success);
}
