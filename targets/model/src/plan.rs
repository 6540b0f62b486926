//! The meaning of the plan job's outputs.
//!
//! Each line of FACTS is a fact's name, a test and its argument.
//!
//! ```text
//! FACTS: docs changed-kind docs       output `docs`: a change of kind `docs`, or an unknown change
//!        docs changed-glob *.md       or a change of `*.md`, since the name is the same
//!        main branch main             output `main`: the branch is `main`, in a run of a branch
//!        large input size large       output `large`: a manual run with the input `size` being `large`
//!        other changed-kind schema    the source never asks for `schema`, so this output may be anything
//! ```

use crate::{Axis, Finding, Job, Part, Step, World};
use pipec_ir::facts::ChangeId;
use pipec_ir::{Event, Fact, GeneratedFile, Pipeline};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::Script;
use std::collections::BTreeMap;

/// The step of a job that runs the plan.
pub fn plan_step(job: &Job) -> Option<&Step> {
    job.steps().iter().find(|step| step.runs(Script::Plan))
}

/// The facts a plan step decides, by name.
pub fn facts(step: &Step, world: &World) -> BTreeMap<String, Proposition> {
    let logic = world.logic();
    let mut facts: BTreeMap<String, Proposition> = BTreeMap::new();
    for line in step.env_literal("FACTS").unwrap_or_default().lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(name), Some(test), Some(value)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let holds = tested(test, value, step, world)
            .unwrap_or_else(|| world.free(&format!("the fact {name} {test} {value}")));
        let so_far = facts.remove(name).unwrap_or_else(|| logic.falsehood());
        facts.insert(name.to_owned(), logic.or(&so_far, &holds));
    }
    facts
}

/// The runs in which a test holds; `None` if that is unknown.
fn tested(test: &str, value: &str, step: &Step, world: &World) -> Option<Proposition> {
    let logic = world.logic();
    let known = world.facts.vocabulary();
    match test {
        "branch" => {
            let on_branch = world.facts.any_event(Event::ALL.into_iter().filter(|event| event.has_branch()));
            let manual_tag = world.manual_on_tag();
            let named = world.name_in(Axis::Branch, &Glob::parse(value).ok()?.language());
            Some(logic.and_not(&logic.and(&on_branch, &named), &manual_tag))
        }
        "tag" => {
            let named = world.name_in(Axis::Tag, &Glob::parse(value).ok()?.language());
            Some(logic.and(&world.facts.event(Event::Tag), &named))
        }
        "changed-kind" => Some(world.facts.changed(&[ChangeId::Kind(known.kind(value)?)])),
        "changed-glob" => {
            let paths = known.paths(&Glob::parse(value).ok()?)?;
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
            .flat_map(|rule| rule.globs.iter().map(move |glob| format!("{} {}", rule.kind, glob.text())))
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
