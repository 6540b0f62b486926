//! What is asked before and after a deploy, run for real.

use crate::bench::Bench;

const APPROVAL: &str = include_str!("../../src/runtime/approval.sh");
const FORWARD: &str = include_str!("../../src/runtime/forward.sh");
const VERDICT: &str = include_str!("../../src/runtime/verdict.sh");
const EXEMPT: &str = include_str!("../../src/runtime/exempt.sh");

fn approvals(json: &str) -> Bench {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("AUTHOR_MAY_APPROVE", "false");
    let run = r#"{"actor": {"login": "Ann"}, "triggering_actor": {"login": "bob"}}"#;
    bench.answer("repos/acme/shop/actions/runs/77", run);
    bench.answer("repos/acme/shop/actions/runs/77/approvals", json);
    bench
}

fn approval(state: &str, environment: &str, login: &str) -> String {
    format!(
        r#"{{"state": "{state}", "environments": [{{"name": "{environment}"}}], "user": {{"login": "{login}"}}}}"#
    )
}

#[test]
fn trap_12_a_deploy_goes_on_only_if_somebody_else_approved_it() {
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
fn an_author_may_approve_where_nothing_forbids_it() {
    let bench = approvals(&format!("[{}]", approval("approved", "production", "ann")));
    assert!(bench.with("AUTHOR_MAY_APPROVE", "true").run(APPROVAL).success);
}

#[test]
fn an_approval_that_cannot_be_read_is_none() {
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
fn what_another_workflow_deployed_or_what_failed_is_no_measure() {
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
fn trap_09_the_verdict_is_green_only_if_all_that_was_due_succeeded() {
    let green = |jobs: &str| Bench::new().with("JOBS", jobs).run(VERDICT).success;
    assert!(green("unit success due\nrelease skipped not-due\n"));
    for result in ["failure", "cancelled", "skipped", ""] {
        assert!(!green(&format!("unit {result} due\napp success due\n")), "{result}");
    }
    for result in ["failure", "cancelled", "success"] {
        assert!(!green(&format!("unit success due\nrelease {result} not-due\n")), "{result}");
    }
    let done = Bench::new().with("JOBS", "unit skipped due\n").run(VERDICT);
    assert!(done.log.contains("::error::unit: skipped"));
}

#[test]
fn an_exempt_gate_says_so_and_why() {
    let done = Bench::new().with("REASON", "there is no migration to check").run(EXEMPT);
    assert_eq!(done.output("outcome"), "exempt");
    assert_eq!(done.summary, "exempt: there is no migration to check\n");
}
