//! Runs the scripts that query the API before a preview's deploy and teardown.

use crate::bench::Bench;
use crate::scripts::{PREVIEW_FIND, PREVIEW_FORGET, PREVIEW_WANTED};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// 2026-01-10 12:00 UTC.
const NOW: u64 = 1_768_046_400;

#[test]
fn a_preview_needs_the_newest_commit_of_an_open_pull_request() {
    let goes = |state: &str, head: &str| {
        let bench = Bench::new().with("PULL_REQUEST", "12").with("COMMIT", COMMIT);
        let answer = format!(r#"{{"state": "{state}", "head": {{"sha": "{head}"}}}}"#);
        bench.answer("repos/acme/shop/pulls/12", &answer);
        let done = bench.run(PREVIEW_WANTED);
        (done.success, done.log)
    };
    assert!(goes("open", COMMIT).0);
    let (moved, log) = goes("open", "fedcba9876543210fedcba9876543210fedcba98");
    assert!(!moved && log.contains("has moved on from 0123456789abcdef"), "{log}");
    assert!(!goes("closed", COMMIT).0, "it was closed while the deploy waited");
    assert!(!goes("null", COMMIT).0);
    assert!(!Bench::new().with("PULL_REQUEST", "12").with("COMMIT", COMMIT).run(PREVIEW_WANTED).success);
    assert!(!Bench::new().with("PULL_REQUEST", "").with("COMMIT", "").run(PREVIEW_WANTED).success);
}

/// A deployment. It has an id, a time, the conclusion of its first step, and the number of its pull request.
type Deployment<'d> = (u32, &'d str, &'d str, u32);

/// GitHub with these deployments, and these pull requests closed. All others are open.
fn with(deployments: &[Deployment<'_>], closed: &[u32]) -> Bench {
    let bench = Bench::at(NOW).with("ENVIRONMENT", "preview").with("TTL", "172800").with("PULL_REQUEST", "");
    let all: Vec<String> = deployments
        .iter()
        .map(|(id, created, ..)| format!(r#"{{"id": {id}, "created_at": "{created}"}}"#))
        .collect();
    bench.answer("repos/acme/shop/deployments", &format!("[{}]", all.join(",")));
    for (id, _, conclusion, number) in deployments {
        let log = format!("https://github.com/acme/shop/actions/runs/6{id}/job/9{id}");
        let statuses = format!(
            r#"[{{"state": "inactive", "log_url": ""}}, {{"state": "success", "log_url": "{log}"}}]"#
        );
        bench.answer(&format!("repos/acme/shop/deployments/{id}/statuses"), &statuses);
        let conclusion = if *conclusion == "null" { "null".to_owned() } else { format!("\"{conclusion}\"") };
        let steps = format!(
            r#"{{"steps": [{{"name": "Set up job", "conclusion": "success"}},
                {{"name": "Still wanted by pull request {number}", "conclusion": {conclusion}}},
                {{"name": "Still wanted by pull request 999", "conclusion": "success"}}]}}"#
        );
        bench.answer(&format!("repos/acme/shop/actions/jobs/9{id}"), &steps);
        let state = if closed.contains(number) { "closed" } else { "open" };
        bench.answer(&format!("repos/acme/shop/pulls/{number}"), &format!(r#"{{"state": "{state}"}}"#));
    }
    bench
}

fn found(bench: Bench) -> (String, String) {
    let done = bench.run(PREVIEW_FIND);
    (done.output("pull-requests").to_owned(), done.output("deployments").to_owned())
}

fn pair(pull_requests: &str, deployments: &str) -> (String, String) {
    (pull_requests.to_owned(), deployments.to_owned())
}

const FRESH: &str = "2026-01-10T11:00:00Z";
const OLD: &str = "2026-01-08T11:59:00Z";

#[test]
fn closed_and_expired_previews_are_found() {
    assert_eq!(found(with(&[], &[])), pair("[]", ""));
    assert_eq!(found(with(&[(5, FRESH, "success", 12)], &[])), pair("[]", ""), "it is open and young");
    assert_eq!(found(with(&[(5, FRESH, "success", 12)], &[12])), pair("[12]", "5"));
    assert_eq!(found(with(&[(5, OLD, "success", 12)], &[])), pair("[12]", "5"));
    assert_eq!(found(with(&[(5, "2026-01-08T12:00:00Z", "success", 12)], &[])), pair("[12]", "5"));
    assert_eq!(found(with(&[(5, "2026-01-08T12:00:01Z", "success", 12)], &[])), pair("[]", ""));
}

#[test]
fn the_newest_deployment_decides_for_all() {
    let renewed = [(7, FRESH, "success", 12), (5, OLD, "success", 12)];
    assert_eq!(found(with(&renewed, &[])), pair("[]", ""), "a new push renews it");
    assert_eq!(found(with(&renewed, &[12])), pair("[12]", "7 5"));
    let several = [(9, FRESH, "success", 3), (8, FRESH, "success", 100), (7, OLD, "success", 21)];
    assert_eq!(found(with(&several, &[3])), pair("[3,21]", "9 7"));
}

#[test]
fn deployments_without_a_script_do_not_count() {
    for conclusion in ["failure", "cancelled", "skipped"] {
        assert_eq!(found(with(&[(5, OLD, conclusion, 12)], &[12])), pair("[]", ""), "{conclusion}");
    }
    assert_eq!(found(with(&[(5, OLD, "null", 12)], &[12])), pair("[12]", "5"), "it may be on its way");
    let waits = with(&[(5, OLD, "success", 12)], &[12]);
    waits.answer("repos/acme/shop/deployments/5/statuses", "[]");
    assert_eq!(found(waits), pair("[]", ""));
    let starts = with(&[(5, OLD, "success", 12)], &[12]);
    starts.answer("repos/acme/shop/actions/jobs/95", r#"{"steps": null}"#);
    assert_eq!(found(starts), pair("[]", ""));
}

#[test]
fn one_pull_request_can_be_requested() {
    let several = [(9, FRESH, "success", 3), (8, OLD, "success", 33)];
    let named = |number: &str| found(with(&several, &[3, 33]).with("PULL_REQUEST", number));
    assert_eq!(named("3"), pair("[3]", "9"));
    assert_eq!(named("33"), pair("[33]", "8"));
    assert_eq!(named("4"), pair("[]", ""));
    assert_eq!(named("*"), pair("[]", ""));
}

#[test]
fn deployments_of_deleted_runs_are_reported_and_skipped() {
    let bench = with(&[(6, OLD, "success", 12), (5, OLD, "success", 13)], &[12, 13]);
    std::fs::remove_file(bench.path("gh/repos_acme_shop_actions_jobs_96")).unwrap();
    let done = bench.run(PREVIEW_FIND);
    assert_eq!(done.output("pull-requests"), "[13]");
    assert!(done.log.contains("::warning::") && done.log.contains("deployment 6"), "{}", done.log);
}

#[test]
fn unreadable_answers_are_errors() {
    let bench = with(&[(5, FRESH, "success", 12)], &[]);
    std::fs::remove_file(bench.path("gh/repos_acme_shop_pulls_12")).unwrap();
    assert!(!bench.run(PREVIEW_FIND).success, "whether it is closed");
    let bench = with(&[(5, FRESH, "success", 12)], &[]);
    std::fs::remove_file(bench.path("gh/repos_acme_shop_deployments_5_statuses")).unwrap();
    assert!(!bench.run(PREVIEW_FIND).success);
    let bench = with(&[], &[]);
    std::fs::remove_file(bench.path("gh/repos_acme_shop_deployments")).unwrap();
    assert!(!bench.run(PREVIEW_FIND).success);
}

#[test]
fn at_most_256_previews_are_found() {
    let many: Vec<Deployment<'_>> = (1..=258).map(|id| (id, OLD, "success", id)).collect();
    let done = with(&many, &[]).run(PREVIEW_FIND);
    assert_eq!(done.output("pull-requests").split(',').count(), 256);
    assert_eq!(done.output("deployments").split(' ').count(), 256);
}

#[test]
fn removed_previews_become_inactive_and_are_deleted() {
    let bench = Bench::new().with("DEPLOYMENTS", "7 5");
    for id in [7, 5] {
        bench.answer(&format!("repos/acme/shop/deployments/{id}/statuses"), "{}");
        bench.answer(&format!("repos/acme/shop/deployments/{id}"), "{}");
    }
    let done = bench.run(PREVIEW_FORGET);
    assert!(done.success, "{}", done.log);
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(
        asked,
        [
            "--method POST repos/acme/shop/deployments/7/statuses -f state=inactive",
            "--method DELETE repos/acme/shop/deployments/7",
            "--method POST repos/acme/shop/deployments/5/statuses -f state=inactive",
            "--method DELETE repos/acme/shop/deployments/5",
        ]
    );
    assert!(Bench::new().with("DEPLOYMENTS", "").run(PREVIEW_FORGET).success);
    assert!(!Bench::new().with("DEPLOYMENTS", "4").run(PREVIEW_FORGET).success, "the sweep tries again");
}
