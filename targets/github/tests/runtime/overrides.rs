//! Runs the scripts for requests and approvals of overrides.

use crate::bench::{Bench, Done};
use crate::scripts::{OVERRIDE_APPROVED, OVERRIDE_ASKED};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "fedcba9876543210fedcba9876543210fedcba98";

/// A valid run, of a pipeline without its own manual runs.
fn asked() -> Bench {
    let bench = Bench::new()
        .with("GITHUB_EVENT_NAME", "workflow_dispatch")
        .with("GITHUB_RUN_ATTEMPT", "1")
        .with("GITHUB_ACTOR", "ann")
        .with("GITHUB_REF_PROTECTED", "true")
        .with("GATE", "scan")
        .with("COMMIT", COMMIT)
        .with("REASON", "the fix of CVE-1 is not out yet")
        .with("ORDINARY", "")
        .with("GATES", "unit\nscan\n")
        .with("PUSHED", "^main$\n^release/[^/]*$")
        .with("PROTECTED", "^main$\n^release/.*$");
    head(&bench, "main", COMMIT);
    bench
}

fn head(bench: &Bench, branch: &str, commit: &str) {
    let answer = format!(r#"{{"object": {{"sha": "{commit}"}}}}"#);
    bench.answer(&format!("repos/acme/shop/git/ref/heads/{branch}"), &answer);
}

fn on(bench: Bench, branch: &str) -> Bench {
    bench.with("GITHUB_REF", format!("refs/heads/{branch}")).with("GITHUB_REF_NAME", branch)
}

fn refused(bench: Bench, why: &str) {
    let done = bench.run(OVERRIDE_ASKED);
    assert!(!done.success && done.log.contains(why) && done.summary.is_empty(), "{}", done.log);
}

#[test]
fn a_valid_override_begins() {
    let done = asked().run(OVERRIDE_ASKED);
    assert!(done.success && done.log.is_empty(), "{}", done.log);
    let lines: Vec<&str> = done.summary.lines().collect();
    let asked = format!("Should scan fail, ann asks to let it pass for {COMMIT}, because:");
    let wanted =
        ["### An override is asked for: scan", "", &asked, "", "    the fix of CVE-1 is not out yet"];
    assert_eq!(lines, wanted, "who approves it reads what is asked");
}

#[test]
fn an_override_names_a_gate_that_has_one() {
    for gate in ["", "style", "SCAN", "sca", "scan ", "no override", "unit\nscan", "*"] {
        refused(asked().with("GATE", gate), "names no gate that may be overridden");
    }
}

#[test]
fn an_override_is_for_the_head_of_its_branch() {
    refused(asked().with("COMMIT", OTHER), "is not for");
    refused(asked().with("COMMIT", "0123456"), "name it in full");
    refused(asked().with("COMMIT", ""), "name it in full");
    let moved = asked();
    head(&moved, "main", OTHER);
    refused(moved, "main has moved on from");
    let silent = asked();
    std::fs::remove_file(silent.path("gh/repos_acme_shop_git_ref_heads_main")).unwrap();
    refused(silent, "GitHub did not say what the head of main is");
}

#[test]
fn an_override_needs_a_protected_branch_with_a_push_trigger() {
    let release = on(asked(), "release/1#a%b");
    head(&release, "release/1%23a%25b", COMMIT);
    assert!(release.run(OVERRIDE_ASKED).success);
    refused(on(asked(), "topic"), "no push to topic starts this pipeline");
    refused(on(asked(), "Main"), "no push to Main starts this pipeline");
    refused(on(asked(), "release/1/2"), "no push to release/1/2 starts this pipeline");
    refused(asked().with("PROTECTED", "^release/.*$"), "none of the protected branches");
    refused(asked().with("PROTECTED", ""), "none of the protected branches");
    refused(asked().with("GITHUB_REF_PROTECTED", "false"), "not protected in the settings");
    let tag = asked().with("GITHUB_REF", "refs/tags/main").with("GITHUB_REF_TYPE", "tag");
    refused(tag, "not of the tag main");
}

#[test]
fn an_override_has_a_reason_of_one_line() {
    for reason in ["", "  ", "\t"] {
        refused(asked().with("REASON", reason), "an override needs a reason");
    }
    for reason in ["a\nb", "a\r", "a\u{1b}[2J"] {
        refused(asked().with("REASON", reason), "is one line");
    }
    let odd = "it's `$(touch pwned)` ::error::x <b> | ünïcode ${{ x }}";
    let done = asked().with("REASON", odd).run(OVERRIDE_ASKED);
    assert!(done.success && done.log.is_empty(), "what people typed is in no log: {}", done.log);
    assert!(done.summary.ends_with(&format!("\n\n    {odd}\n")), "{}", done.summary);
}

#[test]
fn trap_18_an_override_is_not_run_again() {
    refused(asked().with("GITHUB_RUN_ATTEMPT", "2"), "start another run");
}

#[test]
fn other_runs_are_not_checked() {
    assert!(Bench::new().run(OVERRIDE_ASKED).success, "a push");
    let manual = asked().with("ORDINARY", "no override").with("GATE", "no override");
    let manual = manual.with("COMMIT", "").with("REASON", "").with("GITHUB_RUN_ATTEMPT", "3");
    assert!(on(manual, "topic").run(OVERRIDE_ASKED).success);
    refused(asked().with("ORDINARY", "no override").with("GATE", ""), "names no gate");
    refused(asked().with("ORDINARY", "no override").with("GATE", "NO OVERRIDE"), "names no gate");
}

fn approved(approvals: &str) -> Done {
    let bench = Bench::new()
        .with("GITHUB_RUN_ATTEMPT", "1")
        .with("GITHUB_ACTOR", "ann")
        .with("ENVIRONMENT", "shop-override-scan")
        .with("GATE", "scan")
        .with("EXPIRES", "86400")
        .with("REVIEW_WITHIN", "259200")
        .with("REASON", "</pre> **bold** | `code` $(touch pwned) ::error::x");
    bench.answer("repos/acme/shop/actions/runs/77/approvals", approvals);
    let done = bench.run(OVERRIDE_APPROVED);
    assert!(!bench.path("workspace/pwned").exists());
    done
}

fn approval(state: &str, environment: &str, login: &str) -> String {
    format!(
        r#"{{"state": "{state}", "environments": [{{"name": "{environment}"}}], "user": {{"login": "{login}"}}}}"#
    )
}

#[test]
fn trap_12_an_override_needs_an_approval() {
    let done = approved(&format!("[{}]", approval("approved", "Shop-override-scan", "carl")));
    assert_eq!(done.output("approved-by"), "carl");
    for other in [
        "[]".to_owned(),
        format!("[{}]", approval("rejected", "shop-override-scan", "carl")),
        format!("[{}]", approval("approved", "shop-override-unit", "carl")),
        format!("[{}]", approval("approved", "production", "carl")),
        r#"{"message": "Not Found"}"#.to_owned(),
    ] {
        let done = approved(&other);
        assert!(!done.success && done.outputs.is_empty() && done.summary.is_empty(), "{other}");
    }
    assert!(!Bench::new().with("GITHUB_RUN_ATTEMPT", "1").run(OVERRIDE_APPROVED).success);
}

#[test]
fn an_override_is_recorded() {
    let both = [
        approval("approved", "shop-override-scan", "zoe"),
        approval("approved", "shop-override-scan", "carl"),
    ];
    let done = approved(&format!("[{}]", both.join(",")));
    assert_eq!(done.output("approved-by"), "carl, zoe");
    let at: u64 = done.output("approved-at").parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(at) < 100, "{at}");
    let date = |name: &str| Bench::new().shell(&format!("date -u -d '{}' +%s", done.output(name)));
    assert_eq!(date("expires"), (at + 86_400).to_string());
    assert_eq!(date("review-by"), (at + 259_200).to_string());
    for line in [
        "### Override of the gate scan",
        &format!("| commit | {COMMIT} |"),
        "| asked for by | ann |",
        "| approved by | carl, zoe |",
        "    </pre> **bold** | `code` $(touch pwned) ::error::x",
    ] {
        assert!(done.summary.lines().any(|known| known == line), "{line}: {}", done.summary);
    }
    assert!(done.log.starts_with("::warning title=Override::scan failed and was overridden by carl, zoe"));
    assert!(!done.log.contains("bold"), "what people typed is in no log: {}", done.log);
}

#[test]
fn trap_18_an_approval_counts_for_one_attempt() {
    let bench = Bench::new().with("GITHUB_RUN_ATTEMPT", "2").with("ENVIRONMENT", "shop-override-scan");
    let json = format!("[{}]", approval("approved", "shop-override-scan", "carl"));
    bench.answer("repos/acme/shop/actions/runs/77/approvals", &json);
    assert!(!bench.run(OVERRIDE_APPROVED).success);
}
