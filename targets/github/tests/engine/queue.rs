//! Pushes to the branches of a merge queue, whose code is not merged yet.

use crate::sample::{Build, body, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{Condition, GeneratedFile, NodeKind, Right, Trigger};

/// A job with a right, in a pipeline that runs on every push and in the merge queue.
fn queue() -> Build {
    let mut build =
        Build::new("queue", vec![push(&["main", "**"]), Trigger::MergeQueue(crate::sample::origin())]);
    build.stage("commit", Condition::Always);
    let mut body = body(vec![run("make publish")], &[]);
    body.rights = vec![(Right::Releases, crate::sample::origin())];
    build.node("publish", NodeKind::Job, body, &[]);
    build
}

#[test]
fn a_push_of_a_merge_queue_starts_nothing() {
    let build = queue();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert!(file.text.contains("branches: [main, \"**\", \"!gh-readonly-queue/**\"]"), "{}", file.text);
}

#[test]
fn branches_that_no_queue_has_need_no_exception() {
    let mut build = queue();
    build.pipeline.triggers[0] = push(&["main", "release/**", "gh-*"]);
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert!(!file.text.contains("gh-readonly-queue"), "{}", file.text);
}

#[test]
fn a_workflow_that_runs_on_pushes_of_the_queue_is_refused() {
    let build = queue();
    let good = compiled(&build);
    for order in ["[main, \"**\"]", "[main, \"!gh-readonly-queue/**\", \"**\"]"] {
        let text = good.text.replacen("[main, \"**\", \"!gh-readonly-queue/**\"]", order, 1);
        let said = findings(&build, &GeneratedFile { text, ..good.clone() }).join("\n");
        assert!(said.contains("gh-readonly-queue/"), "{order}: {said}");
    }
}
