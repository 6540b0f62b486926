//! Runs the scripts that query the API before a deploy.

use crate::bench::Bench;
use crate::scripts::{APPROVAL, APPROVAL_NOT_AUTHOR, FORWARD, FORWARD_SHARED, FORWARD_VERSION};

/// A run that Ann has pushed and Bob has started again, with these approvals, after a deployment of `OLD`. Dora wrote the
/// commit, and Emil committed it.
fn approvals(json: &str) -> Bench {
    let bench = after(&[deployment("2026-02-01T00:00:00Z", 66, OLD)], &[(66, "shop.yml")]);
    let run = r#"{"actor": {"login": "Ann"}, "triggering_actor": {"login": "bob"}}"#;
    bench.answer("repos/acme/shop/actions/runs/77", run);
    bench.answer("repos/acme/shop/actions/runs/77/approvals", json);
    written(&bench, &written_by("dora", "Emil", ""), &[]);
    bench
}

/// Who wrote this commit, and those between the last deployment and it.
fn written(bench: &Bench, this: &str, before: &[&str]) {
    bench.answer(&format!("repos/acme/shop/commits/{NEW}"), this);
    let commits: Vec<&str> = before.iter().copied().chain([this]).collect();
    let answer = format!(r#"{{"status": "ahead", "commits": [{}]}}"#, commits.join(", "));
    bench.answer(&format!("repos/acme/shop/compare/{OLD}...{NEW}"), &answer);
}

fn written_by(author: &str, committer: &str, message: &str) -> String {
    format!(
        r#"{{"sha": "{NEW}", "author": {{"login": "{author}"}}, "committer": {{"login": "{committer}"}}, "commit": {{"message": "{message}"}}}}"#
    )
}

fn approval(state: &str, environment: &str, login: &str) -> String {
    format!(
        r#"{{"state": "{state}", "environments": [{{"name": "{environment}"}}], "user": {{"login": "{login}"}}}}"#
    )
}

fn approved_by(login: &str) -> Bench {
    approvals(&format!("[{}]", approval("approved", "production", login)))
}

#[test]
fn trap_12_a_deploy_needs_approval_by_another_person() {
    let approved = |json: String| approvals(&json).run(APPROVAL_NOT_AUTHOR).success;
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
fn trap_12_all_authors_and_committers_since_the_last_deployment_count() {
    let approved = |by: &str, this: &str, before: &[&str]| {
        let bench = approved_by(by);
        written(&bench, this, before);
        bench.run(APPROVAL_NOT_AUTHOR).success
    };
    let both = written_by("dora", "Emil", "");
    assert!(!approved("Dora", &both, &[]), "who wrote it");
    assert!(!approved("emil", &both, &[]), "who committed it");
    assert!(!approved("ann", &both, &[]), "who started the run still counts");
    assert!(approved("carl", &both, &[]));
    let merge = written_by("bert", "web-flow", "Merge pull request #7");
    let work = written_by("alice", "alice", "work");
    assert!(!approved("alice", &merge, &[&work]), "bert merged what alice wrote");
    assert!(!approved("bert", &merge, &[&work]));
    assert!(
        approved("carl", &merge, &[&work]) && approved("web-flow", &merge, &[&work]),
        "the site wrote nothing"
    );
    let together =
        written_by("dora", "dora", "x\\n\\nCo-authored-by: Carl C <12+carl@users.noreply.github.com>");
    assert!(!approved("carl", &together, &[]) && approved("zoe", &together, &[]), "a second author");
}

#[test]
fn trap_12_nobody_approves_what_nobody_is_known_to_have_written() {
    let approved = |this: &str, before: &[&str]| {
        let bench = approved_by("carl");
        written(&bench, this, before);
        bench.run(APPROVAL_NOT_AUTHOR)
    };
    let known = written_by("dora", "dora", "");
    let message = r#""commit": {"message": ""}"#;
    let author = format!(r#"{{"sha": "abc", "author": null, "committer": {{"login": "dora"}}, {message}}}"#);
    let committer =
        format!(r#"{{"sha": "abc", "author": {{"login": "dora"}}, "committer": null, {message}}}"#);
    for unknown in [author, committer] {
        for done in [approved(&unknown, &[]), approved(&known, &[&unknown])] {
            assert!(
                !done.success && done.log.contains("no account of who wrote or committed abc"),
                "{}",
                done.log
            );
        }
    }
}

#[test]
fn without_a_known_deployment_the_oldest_one_counts() {
    const OLDEST: &str = "3333333333333333333333333333333333333333";
    let deployments =
        [deployment("2026-02-01T00:00:00Z", 66, OLD), deployment("2026-01-01T00:00:00Z", 60, OLDEST)];
    let approved = |by: &str, deployments: &[Deployment<'_>]| {
        let bench = after(deployments, &[]);
        bench.answer(
            "repos/acme/shop/actions/runs/77",
            r#"{"actor": {"login": "Ann"}, "triggering_actor": {"login": "ann"}}"#,
        );
        let given = format!("[{}]", approval("approved", "production", by));
        bench.answer("repos/acme/shop/actions/runs/77/approvals", &given);
        written(&bench, &written_by("dora", "dora", ""), &[]);
        let since = format!(r#"{{"commits": [{}]}}"#, written_by("fred", "fred", ""));
        bench.answer(&format!("repos/acme/shop/compare/{OLDEST}...{NEW}"), &since);
        bench.run(APPROVAL_NOT_AUTHOR).success
    };
    assert!(!approved("fred", &deployments) && approved("carl", &deployments));
    assert!(approved("fred", &[]), "nothing was deployed before: only this commit is looked at");
    assert!(!approved("dora", &[]));
}

#[test]
fn an_unreadable_author_prevents_approval_by_others() {
    let bench = approved_by("carl");
    bench.answer(&format!("repos/acme/shop/commits/{NEW}"), "no JSON");
    assert!(!bench.run(APPROVAL_NOT_AUTHOR).success);
    let bench = approved_by("carl");
    std::fs::remove_file(bench.path("gh").join(format!("repos_acme_shop_compare_{OLD}...{NEW}"))).unwrap();
    assert!(!bench.run(APPROVAL_NOT_AUTHOR).success);
    assert!(bench.run(APPROVAL).success, "then it is not asked");
}

#[test]
fn an_author_may_approve_if_allowed() {
    assert!(approved_by("ann").run(APPROVAL).success);
    assert!(!approvals("[]").run(APPROVAL).success);
}

#[test]
fn an_unreadable_approval_does_not_count() {
    let bench = Bench::new().with("ENVIRONMENT", "production");
    assert!(!bench.run(APPROVAL).success);
    for script in [APPROVAL, APPROVAL_NOT_AUTHOR] {
        assert!(!approvals("{\"message\": \"Not Found\"}").run(script).success);
    }
}

const NEW: &str = "0123456789abcdef0123456789abcdef01234567";
const OLD: &str = "fedcba9876543210fedcba9876543210fedcba98";

/// A deployment to production: when it succeeded (if it did), in which run, and of which commit.
struct Deployment<'d> {
    at: Option<&'d str>,
    run: u64,
    commit: &'d str,
}

fn deployment<'d>(at: &'d str, run: u64, commit: &'d str) -> Deployment<'d> {
    Deployment { at: Some(at), run, commit }
}

/// A deploy to production after these deployments, which are listed in the order of their creation, the newest first.
/// Each run of `runs` is one of its workflow; the others are gone.
fn after(deployments: &[Deployment<'_>], runs: &[(u64, &str)]) -> Bench {
    let bench = Bench::new().with("ENVIRONMENT", "production").with("WORKFLOW", "shop.yml");
    let node = |Deployment { at, run, commit }: &Deployment<'_>| {
        let log = format!("https://github.com/acme/shop/actions/runs/{run}/job/1");
        let status = |state: &str, at: &str| {
            format!(r#"{{"state": "{state}", "createdAt": "{at}", "logUrl": "{log}", "secret": 1}}"#)
        };
        let mut statuses = vec![status("IN_PROGRESS", "2026-01-01T00:00:00Z")];
        statuses.extend(at.map(|at| status("SUCCESS", at)));
        statuses.push(status("INACTIVE", "2026-12-01T00:00:00Z"));
        let statuses = statuses.join(", ");
        format!(
            r#"{{"environment": "production", "commitOid": "{commit}", "ref": {{"name": "release/2.2"}}, "statuses": {{"nodes": [{statuses}]}}}}"#
        )
    };
    let elsewhere = r#"{"environment": "staging", "commitOid": "5", "ref": null, "statuses": {"nodes": []}}"#;
    let nodes: Vec<String> = deployments.iter().map(node).chain([elsewhere.to_owned()]).collect();
    bench.answer("deployments", &format!("[{}]", nodes.join(", ")));
    for (run, workflow) in runs {
        let path = format!(r#"{{"path": ".github/workflows/{workflow}@refs/heads/main"}}"#);
        bench.answer(&format!("repos/acme/shop/actions/runs/{run}"), &path);
    }
    for file in ["shop.yml", "other.yml"] {
        let of_file = runs.iter().filter(|(_, workflow)| *workflow == file);
        let of_file: Vec<String> = of_file.map(|(run, _)| format!(r#"{{"id": {run}}}"#)).collect();
        let runs = format!(r#"{{"workflow_runs": [{}]}}"#, of_file.join(", "));
        bench.answer(&format!("repos/acme/shop/actions/workflows/{file}/runs"), &runs);
    }
    bench
}

/// Says how this commit follows another one.
fn compared(bench: &Bench, commit: &str, order: &str) {
    let newer = if order == "ahead" { format!(r#"{{"sha": "{NEW}"}}"#) } else { String::new() };
    let answer = format!(r#"{{"status": "{order}", "commits": [{newer}]}}"#);
    bench.answer(&format!("repos/acme/shop/compare/{commit}...{NEW}"), &answer);
}

/// A deploy after one of `OLD`, which this commit follows in this way.
fn deployed(workflow: &str, order: &str) -> Bench {
    let bench = after(&[deployment("2026-02-01T00:00:00Z", 66, OLD)], &[(66, workflow)]);
    compared(&bench, OLD, order);
    bench
}

const BOTH_FORMS: [&str; 2] = [FORWARD, FORWARD_SHARED];

#[test]
fn a_deploy_never_goes_backwards() {
    for script in BOTH_FORMS {
        let goes = |order| deployed("shop.yml", order).run(script).success;
        assert!(goes("ahead") && goes("identical"));
        assert!(!goes("behind") && !goes("diverged"));
    }
}

#[test]
fn a_refused_deploy_says_which_commit_is_there_and_what_to_do() {
    for order in ["diverged", "behind"] {
        let log = deployed("shop.yml", order).run(FORWARD).log;
        let there = format!("production has {OLD} of release/2.2, which {NEW} of main does not contain");
        assert!(log.contains(&format!("{there}: merge it, or revert it on top")), "{log}");
    }
}

#[test]
fn other_workflows_and_failed_deploys_do_not_count() {
    for script in BOTH_FORMS {
        assert!(deployed("other.yml", "diverged").run(script).success);
        let failed = after(&[Deployment { at: None, run: 66, commit: OLD }], &[(66, "shop.yml")]);
        compared(&failed, OLD, "diverged");
        assert!(failed.run(script).success);
        assert!(after(&[], &[]).run(script).success, "the first deploy has none before it");
        let renamed = deployed("old.yml", "diverged").with("WORKFLOW", "shop.yml old.yml");
        assert!(!renamed.run(script).success, "the workflow had another name");
    }
}

#[test]
fn a_history_that_cannot_be_read_stops_the_deploy() {
    for script in BOTH_FORMS {
        let bench = deployed("shop.yml", "ahead");
        std::fs::remove_file(bench.path("gh/deployments")).unwrap();
        assert!(!bench.run(script).success);
        let bench = after(&[deployment("2026-02-01T00:00:00Z", 66, OLD)], &[(66, "shop.yml")]);
        assert!(!bench.run(script).success, "nobody says how the commits are related");
        let bench = deployed("shop.yml", "ahead");
        std::fs::write(bench.path("gh/limit"), "1").unwrap();
        assert!(!bench.run(script).success, "the token may ask no more");
    }
}

/// Approvals out of order: GitHub lists deployments by their creation, and the one that was created first succeeded last.
#[test]
fn the_deployment_that_succeeded_last_counts() {
    const OLDER: &str = "1111111111111111111111111111111111111111";
    for script in BOTH_FORMS {
        let deployments =
            [deployment("2026-02-01T00:00:00Z", 65, OLDER), deployment("2026-02-02T00:00:00Z", 66, OLD)];
        let bench = after(&deployments, &[(65, "shop.yml"), (66, "shop.yml")]);
        compared(&bench, OLDER, "identical");
        compared(&bench, OLD, "behind");
        assert!(!bench.run(script).success);
    }
}

#[test]
fn a_run_that_is_gone_may_forbid_and_never_allows() {
    const OTHERS: &str = "2222222222222222222222222222222222222222";
    for script in BOTH_FORMS {
        let goes = |order_of_gone: &str, order_of_own: &str| {
            let deployments =
                [deployment("2026-02-02T00:00:00Z", 67, OTHERS), deployment("2026-02-01T00:00:00Z", 66, OLD)];
            let bench = after(&deployments, &[(66, "shop.yml")]);
            compared(&bench, OTHERS, order_of_gone);
            compared(&bench, OLD, order_of_own);
            bench.run(script).success
        };
        assert!(goes("ahead", "ahead"), "a deploy is not stopped for ever by a run that is gone");
        assert!(!goes("diverged", "ahead"), "it may have been this workflow's");
        assert!(!goes("ahead", "behind"), "it may have been another's");
    }
}

#[test]
fn thousands_of_deployments_by_others_need_few_questions() {
    // Each run of the other workflow deployed a commit that this one contains.
    let commits: Vec<String> = (0..2_000).map(|place| format!("{place:040}")).collect();
    let mut deployments: Vec<Deployment<'_>> = commits
        .iter()
        .enumerate()
        .map(|(place, commit)| deployment("2026-03-01T00:00:00Z", 1_000 + place as u64, commit))
        .collect();
    deployments.push(deployment("2026-02-01T00:00:00Z", 66, OLD));
    let bench = after(&deployments, &[(66, "shop.yml")]);
    let newer: Vec<String> = commits.iter().map(|commit| format!(r#"{{"sha": "{commit}"}}"#)).collect();
    let answer = format!(r#"{{"status": "ahead", "commits": [{}]}}"#, newer.join(", "));
    bench.answer(&format!("repos/acme/shop/compare/{OLD}...{NEW}"), &answer);
    std::fs::write(bench.path("gh/limit"), "30").unwrap();
    let done = bench.run(FORWARD_SHARED);
    assert!(done.success, "{}", done.log);
    let behind = answer.replace("ahead", "behind");
    bench.answer(&format!("repos/acme/shop/compare/{OLD}...{NEW}"), &behind);
    std::fs::remove_file(bench.path("gh/count")).unwrap();
    assert!(!bench.run(FORWARD_SHARED).success);
}

const SUCCEEDED: &str = r#"[
  {"state": "inactive", "log_url": "https://github.com/acme/shop/actions/runs/66/job/1"},
  {"state": "success", "log_url": "https://github.com/acme/shop/actions/runs/66/job/1"}
]"#;

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
