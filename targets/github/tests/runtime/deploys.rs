//! Runs the scripts that query the API before a deploy.

use crate::bench::Bench;
use crate::scripts::{APPROVAL, FORWARD};

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
    bench.answer("repos/acme/shop/deployments", &format!(r#"[{{"id": 5, "sha": "{OLD}"}}]"#));
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
    bench.answer("repos/acme/shop/deployments", &format!(r#"[{{"id": 5, "sha": "{OLD}"}}]"#));
    assert!(!bench.run(FORWARD).success);
}

#[test]
fn deleted_runs_count_as_this_workflows() {
    let goes = |order: &str| {
        let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
        bench.answer("repos/acme/shop/deployments", &format!(r#"[{{"id": 5, "sha": "{OLD}"}}]"#));
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
