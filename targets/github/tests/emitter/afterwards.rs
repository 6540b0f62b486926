//! `finally`: its jobs, and runs of the script that tells what became of the stages.

use crate::bench::Bench;
use crate::one_pipeline;
use crate::programs::*;
use crate::scripts::OUTCOME;
use pipec_ir::*;

/// The hello pipeline with a job that tells of failures, one after the first stage, and one that asks the plan.
pub fn afterwards() -> Build {
    let changed = Condition::Changed(vec![Change::Glob(glob("src/**"))]);
    let mut told = body(&["./tell.sh \"$PIPE_FAILED\""]);
    told.secrets = vec![secret("CHAT_URL", false)];
    let mut build = hello();
    build.pipeline.name = "afterwards".to_owned();
    build.pipeline.triggers.push(on_pull_request(&["main"]));
    build.pipeline.stages[1].condition = Condition::Event(Event::Push);
    build
        .finally("alarm", &[0, 1], &[Outcome::Failed], Condition::Event(Event::Push))
        .node("chat", NodeKind::Job, told, &[])
        .finally("tidy", &[0], &[Outcome::Passed, Outcome::Failed, Outcome::Cancelled], Condition::Always)
        .node("remove", NodeKind::Job, body(&["./remove.sh"]), &[])
        .finally("cheer", &[0, 1], &[Outcome::Passed, Outcome::Cancelled], changed)
        .node("cheer", NodeKind::Job, body(&["./cheer.sh"]), &[])
}

/// A pipeline with an overridable gate, a window, and a job after failures.
fn overridden_afterwards() -> Build {
    overridden().finally("alarm", &[0], &[Outcome::Failed], Condition::Always).node(
        "chat",
        NodeKind::Job,
        body(&["./tell.sh"]),
        &[],
    )
}

fn findings(build: &Build) -> Vec<String> {
    let found = one_pipeline::verify(&build.program, &build.pipeline, &build.output().files).findings;
    found.into_iter().map(|diagnostic| diagnostic.message).collect()
}

#[test]
fn golden() {
    let build = afterwards();
    assert_eq!(findings(&build), [""; 0]);
    let workflow = build.workflow();
    let (_, jobs) = workflow.split_once("  # alarm").unwrap();
    let (jobs, _) = jobs.split_once("  # the check to require").unwrap();
    insta::assert_snapshot!(format!("  # alarm{jobs}"));
}

#[test]
fn an_overridden_gate_has_not_failed() {
    let build = overridden_afterwards();
    assert_eq!(findings(&build), [""; 0]);
    let workflow = build.workflow();
    let gate = &build.pipeline.overridable().next().unwrap().0.name;
    let failed = format!("needs.{gate}.result == 'failure' && needs.override-{gate}.result != 'success'");
    assert!(workflow.contains(&failed), "{workflow}");
    let line = format!("{gate} ${{{{ needs.{gate}.result }}}} ${{{{ needs.override-{gate}.result }}}}\n");
    assert!(workflow.contains(&line), "{workflow}");
}

#[test]
fn the_verdict_asks_for_no_job_of_a_finally() {
    let workflow = afterwards().workflow();
    let needs = |job: &str| {
        let (_, job) = workflow.split_once(&format!("\n  {job}:\n")).unwrap();
        let (_, needs) = job.split_once("    needs: ").unwrap();
        needs.lines().next().unwrap().to_owned()
    };
    assert!(!needs("verdict").contains("chat"), "{}", needs("verdict"));
    assert!(needs("record").contains("chat"), "{}", needs("record"));
}

/// A pipeline of gates with names of 40 characters, and a job that is told of each of them.
fn told_of(gates: usize) -> Build {
    let mut build = Build::new("many", vec![on_push(&["main"])]).stage("commit", Condition::Always);
    for place in 0..gates {
        build = build.node(
            &format!("gate-{place:035}"),
            NodeKind::Gate(gate("test", &[])),
            body(&["./test.sh"]),
            &[],
        );
    }
    build.finally("alarm", &[0], &[Outcome::Failed], Condition::Always).node(
        "chat",
        NodeKind::Job,
        body(&["./tell.sh"]),
        &[],
    )
}

#[test]
fn a_job_is_told_of_as_many_nodes_as_an_expression_holds() {
    let of_that_size = |gates: usize| {
        let build = told_of(gates);
        let complaints = build.complaints();
        if complaints.is_empty() {
            assert_eq!(findings(&build), [""; 0], "{gates} gates");
        }
        complaints
    };
    let complaints: Vec<Vec<String>> = (170..=206).step_by(4).map(of_that_size).collect();
    assert!(complaints.first().is_some_and(Vec::is_empty), "{complaints:?}");
    let refused = ["P1103 a text of `chat` is too long for github to evaluate"];
    assert!(complaints.last().is_some_and(|last| *last == refused), "{complaints:?}");
}

/// What the script says of these results: the outcome, and the nodes that did not pass.
fn told(results: &str) -> (String, String) {
    let done = Bench::new().with("RESULTS", results).run(OUTCOME);
    (done.output("outcome").to_owned(), done.output("failed").to_owned())
}

#[test]
fn the_script_tells_what_became_of_the_nodes() {
    let said = |outcome: &str, failed: &str| (outcome.to_owned(), failed.to_owned());
    assert_eq!(told("unit success\napp success"), said("passed", ""));
    assert_eq!(told("unit success\nunit skipped\napp skipped"), said("passed", ""));
    assert_eq!(told("unit failure\napp success\ndeploy skipped"), said("failed", "unit"));
    assert_eq!(told("unit failure\napp failure"), said("failed", "unit app"));
    assert_eq!(told("unit cancelled\napp success"), said("cancelled", "unit"));
    assert_eq!(told("unit cancelled\napp failure"), said("failed", "unit app"));
    assert_eq!(told("unit failure\napp cancelled"), said("failed", "unit app"));
    assert_eq!(told("scan failure success\napp success"), said("passed", ""));
    assert_eq!(told("scan failure failure\napp success"), said("failed", "scan"));
    assert_eq!(told("scan failure skipped\napp success"), said("failed", "scan"));
    assert_eq!(told("scan success skipped\napp success"), said("passed", ""));
}
