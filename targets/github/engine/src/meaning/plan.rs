//! What the outputs of the plan job mean: each line of FACTS is a fact's name, a test and what it is tested for.

use crate::meaning::expression::Axis;
use crate::meaning::world::World;
use crate::read::finding::Finding;
use crate::read::workflow::{Job, Step, expression};
use pipec_ir::{Change, Condition, Event, Exemption, GeneratedFile, Pipeline};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::Script;
use std::collections::BTreeMap;

/// The step of a job that runs the plan.
pub(crate) fn plan_step(job: &Job) -> Option<&Step> {
    job.steps.iter().find(|step| step.runtime_script() == Some(Script::Plan))
}

/// The facts a plan step decides, by name.
pub(crate) fn facts(step: &Step, world: &World<'_>, pipeline: &Pipeline) -> BTreeMap<String, Proposition> {
    let logic = world.logic();
    let mut facts: BTreeMap<String, Proposition> = BTreeMap::new();
    for line in step.literal_env("FACTS").unwrap_or_default().lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(name), Some(test), Some(value)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let holds = tested(test, value, step, world, pipeline)
            .unwrap_or_else(|| world.free(&format!("the fact {name} {test} {value}")));
        let so_far = facts.remove(name).unwrap_or_else(|| logic.falsehood());
        facts.insert(name.to_owned(), logic.or(&so_far, &holds));
    }
    facts
}

/// What a test tells; `None` where that is not known.
fn tested(
    test: &str,
    value: &str,
    step: &Step,
    world: &World<'_>,
    pipeline: &Pipeline,
) -> Option<Proposition> {
    let logic = world.logic();
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
        "changed-kind" => mentioned(pipeline, &Change::Kind(value.to_owned()))
            .then(|| world.facts.changed(&[Change::Kind(value.to_owned())])),
        "changed-glob" => {
            let change = Change::Glob(Glob::parse(value).ok()?);
            mentioned(pipeline, &change).then(|| world.facts.changed(&[change]))
        }
        "input" => {
            let (name, value) = value.split_once(' ').unwrap_or((value, ""));
            let path = expression(step.env(&format!("INPUT_{name}"))?)?.path()?;
            let input = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["inputs", input] | ["github", "event", "inputs", input] => (*input).to_owned(),
                _ => return None,
            };
            let asked = Condition::Input { name: input.clone(), value: value.to_owned() };
            let known = pipeline.stages.iter().any(|stage| stage.condition.atoms().contains(&&asked));
            let manual = world.facts.event(Event::Manual);
            // The script knows inputs of an override too, whatever they are.
            let of_override =
                logic.and(&world.overriding(), &world.free(&format!("{input} is {value} in an override")));
            known.then(|| logic.or(&logic.and(&manual, &world.facts.input(&input, value)), &of_override))
        }
        _ => None,
    }
}

/// Whether the facts of the pipeline tell the change apart.
fn mentioned(pipeline: &Pipeline, change: &Change) -> bool {
    let in_stages = pipeline
        .stages
        .iter()
        .flat_map(|stage| stage.condition.atoms())
        .any(|atom| matches!(atom, Condition::Changed(changes) if changes.contains(change)));
    let in_gates = pipeline
        .gates()
        .flat_map(|(_, gate)| &gate.exemptions)
        .any(|rule| matches!(&rule.when, Exemption::UnlessChanged(changes) if changes.contains(change)));
    in_stages || in_gates
}

/// That the plan is told what it needs to decide as the source says.
pub(crate) fn check(job: &Job, file: &GeneratedFile, pipeline: &Pipeline) -> Vec<Finding> {
    let Some(step) = plan_step(job) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, step.line));
    let lines = |name: &str| -> Vec<String> {
        step.literal_env(name).unwrap_or_default().lines().map(str::to_owned).collect()
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
        if pushed && step.literal_env("WORKFLOW").as_deref() != Some(name) {
            differs("the plan asks for the runs of another workflow");
        }
    }
    findings
}
