//! What the target says it makes GitHub do, and what it leaves to settings.

use crate::programs::{self, Build, globs, origin};
use pipec_github::ASSUMPTIONS;
use pipec_ir::{EngineBlock, EngineStep, Guarantee, Standing, Target};
use std::collections::BTreeSet;

fn guarantees(build: &Build) -> Vec<Guarantee> {
    pipec_github::GitHub.guarantees(&build.program, &build.pipeline)
}

fn service() -> Build {
    let mut build =
        programs::service().edit("journeys", |node| node.body.reads = vec![("staging".to_owned(), origin())]);
    build.pipeline.protected_branches = globs(&["main"]);
    build
}

#[test]
fn a_service_lists_what_it_makes_the_engine_do_and_each_setting() {
    let told: Vec<String> = guarantees(&service())
        .into_iter()
        .filter(|guarantee| guarantee.kind != "actions")
        .map(|Guarantee { standing, kind, environment, holds, by }| {
            let environment = environment.map(|name| format!(" {name}")).unwrap_or_default();
            format!("{} {kind}{environment}: {holds}\n    {by}", standing.word())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// A kind of assumption that no pipeline has would be a claim of the reference that nothing stands behind.
#[test]
fn every_kind_of_assumption_is_some_pipelines_and_has_a_row() {
    let raw = programs::hello().edit("unit", |node| {
        node.body.engines = vec![EngineBlock {
            target: "github".to_owned(),
            because: "b".to_owned(),
            steps: vec![EngineStep::Run(programs::step("true"))],
            position: 0,
            origin: origin(),
        }];
    });
    let builds = [
        service(),
        programs::images(),
        programs::overridden(),
        programs::rollout(),
        programs::containers(),
        programs::cached(),
        programs::retried(),
        programs::previews(),
        raw,
    ];
    let given: BTreeSet<&str> = builds
        .iter()
        .flat_map(guarantees)
        .filter(|guarantee| guarantee.standing == Standing::Assumed)
        .map(|guarantee| guarantee.kind)
        .collect();
    let listed: BTreeSet<&str> = ASSUMPTIONS.iter().map(|assumption| assumption.kind).collect();
    assert_eq!(given, listed);
}

#[test]
fn actions_are_those_that_the_workflow_calls() {
    let build = service();
    let workflow = build.workflow();
    let actions: Vec<Guarantee> =
        guarantees(&build).into_iter().filter(|guarantee| guarantee.kind == "actions").collect();
    assert!(actions.len() > 2, "{actions:?}");
    for action in actions {
        let name = action.holds.split_whitespace().nth(2).unwrap();
        assert!(workflow.contains(&format!("uses: {name}@")), "{name}");
    }
}

#[test]
fn a_check_that_never_runs_on_a_pull_request_is_not_asked_for() {
    let mut build = programs::hello();
    build.pipeline.protected_branches = globs(&["main"]);
    assert!(guarantees(&build).iter().all(|guarantee| guarantee.kind != "required-check"));
}

#[test]
fn what_no_budget_counts_is_told_with_its_limits() {
    let own_jobs = |build: &Build| {
        guarantees(build)
            .into_iter()
            .find(|guarantee| guarantee.kind == "own-jobs")
            .map(|guarantee| guarantee.holds)
    };
    let mut build = programs::overridden();
    assert_eq!(own_jobs(&build), None, "without a budget nobody asks");
    build.pipeline.budget = Some((3_600_000, origin()));
    let told = own_jobs(&build).unwrap();
    let workflow = build.workflow();
    for job in ["plan", "override-scan", "verdict", "record"] {
        let own = workflow.split(&format!("\n  {job}:\n")).nth(1).unwrap();
        let minutes = own.split("timeout-minutes: ").nth(1).unwrap().lines().next().unwrap();
        assert!(told.contains(&format!("{job} after {minutes}m")), "{told}");
    }
    assert_eq!(told.matches(" after ").count(), 4, "{told}");
}
