//! The target's guarantees: what it makes GitHub do, and its assumptions.

use crate::one_pipeline;
use crate::programs::{self, Build, globs, origin};
use crate::{afterwards, settings, windows};
use pipec_claims::{AssumptionKind, Standing, Subject, Theorem, TheoremId};
use pipec_github::GitHub;
use pipec_ir::{EngineBlock, EngineStep};
use pipec_target_api::Target;
use std::collections::BTreeSet;

/// A claim in GitHub's words.
struct Rendered {
    standing: Standing,
    kind: &'static str,
    environment: Option<String>,
    holds: String,
    by: String,
}

/// The guarantees of a program. They are the theorems that the model proves on the output and that reports list, and
/// the output's assumptions.
fn guarantees(build: &Build) -> Vec<Rendered> {
    let output = one_pipeline::emit(&build.program, &build.pipeline, true);
    let words = GitHub.words();
    let mut proved = proved(build);
    proved.retain(|theorem| theorem.id().is_listed());
    // The theorems of an environment are already in order.
    proved.sort_by_key(|it| (it.environment().is_some(), it.environment().is_none().then_some(it.id())));
    let theorems = proved.into_iter().map(|theorem| Rendered {
        standing: theorem.id().standing(),
        kind: theorem.id().kind(),
        environment: theorem.environment().map(str::to_owned),
        holds: words.theorem(&theorem),
        by: words.basis(&theorem),
    });
    let assumed = output.assumed.iter().map(|assumed| Rendered {
        standing: Standing::Assumed,
        kind: assumed.assumption.kind().word(),
        environment: assumed.environment.clone(),
        holds: words.assumed(assumed),
        by: words.reliance(&assumed.relied_on_by),
    });
    theorems.chain(assumed).collect()
}

fn proved(build: &Build) -> Vec<Theorem> {
    let judgement = one_pipeline::verify(&build.program, &build.pipeline, &build.output().files);
    assert!(judgement.findings.is_empty(), "{:#?}", judgement.findings);
    judgement.proved.to_vec()
}

fn service() -> Build {
    let mut build =
        programs::service().edit("journeys", |node| node.body.reads = vec![("staging".to_owned(), origin())]);
    build.pipeline.protected_branches = globs(&["main"]);
    build
}

#[test]
fn a_service_lists_emitted_guarantees_and_settings() {
    let rendered: Vec<String> = guarantees(&service())
        .into_iter()
        .filter(|guarantee| guarantee.kind != "actions")
        .map(|Rendered { standing, kind, environment, holds, by }| {
            let environment = environment.map(|name| format!(" {name}")).unwrap_or_default();
            format!("{} {kind}{environment}: {holds}\n    {by}", standing.word())
        })
        .collect();
    insta::assert_snapshot!(rendered.join("\n"));
}

/// A kind of assumption without a pipeline would be an empty row of the reference.
#[test]
fn every_kind_of_assumption_occurs_and_has_a_row() {
    let given: BTreeSet<&str> = many_programs()
        .iter()
        .flat_map(guarantees)
        .filter(|guarantee| guarantee.standing == Standing::Assumed)
        .map(|guarantee| guarantee.kind)
        .collect();
    let listed: BTreeSet<&str> = AssumptionKind::ALL.into_iter().map(AssumptionKind::word).collect();
    assert_eq!(given, listed);
}

/// A theorem that the model never proves would be an empty row of the reference.
#[test]
fn every_theorem_of_outputs_is_proved_of_some_output() {
    let mut programs = many_programs();
    programs.extend([
        programs::every_event(),
        programs::legs(),
        programs::repeated(),
        programs::measured(),
        windows::in_a_window(),
        afterwards::afterwards(),
    ]);
    for build in &mut programs {
        build.pipeline.budget = Some((3_600_000, origin()));
    }
    let proved: BTreeSet<TheoremId> = programs.iter().flat_map(proved).map(|theorem| theorem.id()).collect();
    let of_outputs = TheoremId::ALL.iter().copied().filter(|id| id.subject() == Subject::Output);
    assert_eq!(proved, of_outputs.collect());
}

#[test]
fn an_output_that_differs_loses_the_theorems_about_the_difference() {
    let build = service();
    let mut files = build.output().files;
    for file in &mut files {
        file.text = file.text.replace("timeout-minutes: ", "timeout-minutes: 1");
    }
    let judgement = one_pipeline::verify(&build.program, &build.pipeline, &files);
    assert!(!judgement.findings.is_empty());
    let mut kept = proved(&build);
    kept.retain(|theorem| theorem.id() != TheoremId::Timeout);
    assert_eq!(*judgement.proved, kept);
}

/// Programs that together have every clause that a claim is about.
fn many_programs() -> Vec<Build> {
    let raw = programs::hello().edit("unit", |node| {
        node.body.engines = vec![EngineBlock {
            target: "github".to_owned(),
            because: "b".to_owned(),
            steps: vec![EngineStep::Run(programs::step("true"))],
            position: 0,
            origin: origin(),
        }];
    });
    let bystanders = programs::hello().edit("unit", |node| {
        node.body.secrets = vec![programs::secret("KEY", false)];
        node.body.steps = vec![programs::step("make"), programs::step("./sign \"$KEY\"")];
    });
    vec![
        bystanders,
        service(),
        programs::images(),
        programs::overridden(),
        programs::rollout(),
        programs::containers(),
        programs::cached(),
        programs::retried(),
        programs::previews(),
        settings::settings(),
        raw,
    ]
}

#[test]
fn the_actions_are_those_of_the_workflow() {
    let build = service();
    let workflow = build.workflow();
    let actions: Vec<Rendered> =
        guarantees(&build).into_iter().filter(|guarantee| guarantee.kind == "actions").collect();
    assert!(actions.len() > 2, "{}", actions.len());
    for action in actions {
        let name = action.holds.split_whitespace().nth(2).unwrap();
        assert!(workflow.contains(&format!("uses: {name}@")), "{name}");
    }
}

#[test]
fn checks_without_pull_request_runs_are_not_required() {
    let mut build = programs::hello();
    build.pipeline.protected_branches = globs(&["main"]);
    assert!(guarantees(&build).iter().all(|guarantee| guarantee.kind != "required-check"));
}

#[test]
fn jobs_outside_the_budget_are_listed_with_limits() {
    let own_jobs = |build: &Build| {
        guarantees(build)
            .into_iter()
            .find(|guarantee| guarantee.kind == "own-jobs")
            .map(|guarantee| guarantee.holds)
    };
    let mut build = programs::overridden();
    assert_eq!(own_jobs(&build), None, "without a budget nobody asks");
    build.pipeline.budget = Some((3_600_000, origin()));
    let rendered = own_jobs(&build).unwrap();
    let workflow = build.workflow();
    for job in ["plan", "override-scan", "verdict", "record"] {
        let own = workflow.split(&format!("\n  {job}:\n")).nth(1).unwrap();
        let minutes = own.split("timeout-minutes: ").nth(1).unwrap().lines().next().unwrap();
        assert!(rendered.contains(&format!("{job} after {minutes}m")), "{rendered}");
    }
    assert_eq!(rendered.matches(" after ").count(), 4, "{rendered}");
}

#[test]
fn a_check_is_required_where_every_change_to_a_protected_branch_is_judged() {
    let required = |into: &[&str]| {
        let mut build = programs::hello();
        build.pipeline.protected_branches = globs(&["release/*"]);
        build.pipeline.triggers.push(programs::on_pull_request(into));
        let output = one_pipeline::emit(&build.program, &build.pipeline, true);
        output.assumed.iter().any(|assumed| assumed.assumption.kind() == AssumptionKind::RequiredCheck)
    };
    assert!(required(&["release/*"]) && required(&["**"]) && required(&["main", "rel*/**"]));
    assert!(!required(&["main"]) && !required(&["release/1.*"]));
}
