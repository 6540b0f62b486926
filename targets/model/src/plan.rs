//! The meaning of the plan job's outputs.
//!
//! Each line of FACTS is a fact's name, a test and its argument.
//!
//! ```text
//! FACTS: docs changed-kind docs       output `docs`: a change of kind `docs`, or an unknown change
//!        texts changed-glob ^.*\.md$  output `texts`: a change of a path in the glob `**.md`, or an unknown change
//!        main branch ^main$           output `main`: the branch is `main`, in a run of a branch
//!        large input size large       output `large`: a manual run with the input `size` being `large`
//!        other changed-kind schema    the source never asks for `schema`, so this output may be anything
//! ```

use crate::{Axis, ConditionId, Does, Finding, Job, Part, Step, World};
use pipec_ir::facts::ChangeId;
use pipec_ir::{Event, Fact, GeneratedFile, Pipeline};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::{PlanForm, Script};
use std::collections::BTreeMap;

/// The step of a job that runs the plan.
pub fn plan_step(job: &Job) -> Option<&Step> {
    job.steps().iter().find(|step| matches!(step.does, Does::Runtime(Script::Plan(_))))
}

/// Whether a job fails in a manual run of a tag.
pub fn refuses_tags(job: &Job) -> bool {
    let refuses = |step: &Step| {
        step.runs(Script::OfABranch) && step.condition == ConditionId::PLAIN && step.goes_on.is_none()
    };
    job.steps().iter().any(refuses)
}

/// The facts a plan step decides, by name.
///
/// A name of several lines has the value of one of them, so it is unknown.
pub fn facts(step: &Step, world: &World) -> BTreeMap<String, Proposition> {
    let mut facts: BTreeMap<String, Proposition> = BTreeMap::new();
    for line in step.env_literal("FACTS").unwrap_or_default().lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(name), Some(test), Some(value)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let is_first = !facts.contains_key(name);
        let holds = tested(test, value, step, world).filter(|_| is_first);
        let holds = holds.unwrap_or_else(|| world.free(&format!("the fact {name} {test} {value}")));
        facts.insert(name.to_owned(), holds);
    }
    facts
}

/// The runs in which a test holds; `None` if that is unknown.
fn tested(test: &str, value: &str, step: &Step, world: &World) -> Option<Proposition> {
    let logic = world.logic();
    let known = world.facts.vocabulary();
    // The other form of the script decides no change.
    let is_of_changes = step.runs(Script::Plan(PlanForm::Changes));
    match test {
        "branch" => {
            let on_branch = world.facts.any_event(Event::ALL.into_iter().filter(|event| event.has_branch()));
            let manual_tag = world.manual_on_tag();
            let named = world.name_in(Axis::Branch, &Glob::of_expression(value)?.language());
            Some(logic.and_not(&logic.and(&on_branch, &named), &manual_tag))
        }
        "tag" => {
            let named = world.name_in(Axis::Tag, &Glob::of_expression(value)?.language());
            Some(logic.and(&world.facts.event(Event::Tag), &named))
        }
        "changed-kind" if is_of_changes => Some(world.facts.changed(&[ChangeId::Kind(known.kind(value)?)])),
        "changed-glob" if is_of_changes => {
            let paths = known.paths(&Glob::of_expression(value)?)?;
            Some(world.facts.changed(&[ChangeId::Paths(paths)]))
        }
        "input" => {
            let (name, value) = value.split_once(' ').unwrap_or((value, ""));
            let input = match step.env(&format!("INPUT_{name}"))?.as_part()? {
                Part::Fact(Fact::Input(input)) => input.clone(),
                _ => return None,
            };
            let asked = world.facts.input(known.input_value(&input, value)?);
            let manual = world.facts.event(Event::Manual);
            // An override also has inputs, but their values are unknown.
            let of_override =
                logic.and(&world.overriding(), &world.free(&format!("{input} is {value} in an override")));
            Some(logic.or(&logic.and(&manual, &asked), &of_override))
        }
        _ => None,
    }
}

/// Checks that the plan has all inputs that its decisions need.
pub fn check(job: &Job, file: &GeneratedFile, pipeline: &Pipeline) -> Vec<Finding> {
    let Some(step) = plan_step(job) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, step.line));
    let lines = |name: &str| -> Vec<String> {
        step.env_literal(name).unwrap_or_default().lines().map(str::to_owned).collect()
    };
    let facts = lines("FACTS");
    if facts.iter().any(|line| line.contains(" changed-")) {
        let rules: Vec<String> = pipeline
            .changes
            .iter()
            .flat_map(|rule| {
                rule.globs.iter().map(move |glob| format!("{} {}", rule.kind, glob.expression()))
            })
            .collect();
        let asks_for_kinds = facts.iter().any(|line| line.contains(" changed-kind "));
        if (asks_for_kinds || !lines("CHANGES").is_empty()) && lines("CHANGES") != rules {
            differs("the plan knows other kinds of change than the source");
        }
        let sources = lines("SOURCES");
        if pipeline.sources.iter().any(|source| !sources.contains(&source.path)) {
            differs("the plan does not know every file of the source");
        }
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let pushed = pipeline.events().contains(&Event::Push);
        if pushed && step.env_literal("WORKFLOW") != Some(name) {
            differs("the plan asks for the runs of another workflow");
        }
    }
    findings
}
