//! What a run that overrides a gate must be, and the step of the output that refuses any other.

use crate::meaning::source::Source;
use crate::meaning::world::{COMMIT, GATE, ORDINARY, REASON, World};
use crate::read::workflow::{Job, Step, path_of};
use crate::read::yaml::Node as Yaml;
use pipec_ir::{Event, Pipeline, Trigger};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::Script;

/// The inputs of the entry that overrides need.
pub(crate) fn inputs(pipeline: &Pipeline) -> Vec<&'static str> {
    if pipeline.overridable().next().is_some() { vec![GATE, COMMIT, REASON] } else { Vec::new() }
}

/// The step of a job that rejects overrides against the rules.
pub(crate) fn asked_step(job: &Job) -> Option<&Step> {
    job.steps.iter().find(|step| step.runtime_script() == Some(Script::OverrideAsked))
}

/// What holds of each run in which the job is green, since the job rejects all other runs.
pub(crate) fn sure_if_green(job: &Job, world: &World, source: &Source<'_>) -> Proposition {
    let logic = world.logic();
    match asked_step(job) {
        Some(step) if checks_override_rules(step, source.pipeline()) => {
            let overriding = logic.implies(&world.overriding(), &source.admits_override(world));
            let own = world.manual().has_ordinary_runs;
            let manual = logic.implies(&world.facts.event(Event::Manual), &logic.constant(own));
            logic.and(&overriding, &manual)
        }
        _ => logic.truth(),
    }
}

/// Whether a step checks exactly the rules of the source for overrides, and always runs.
pub(crate) fn checks_override_rules(step: &Step, pipeline: &Pipeline) -> bool {
    let lines = |lines: Vec<&str>| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let pushed = pipeline.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Push(globs, _) => Some(globs),
        _ => None,
    });
    let own = pipeline.events().contains(&Event::Manual);
    let texts = [
        ("ORDINARY", if own { ORDINARY.to_owned() } else { String::new() }),
        ("GATES", lines(pipeline.overridable().map(|(gate, _)| gate.name.as_str()).collect())),
        ("PUSHED", lines(pushed.flatten().map(Glob::text).collect())),
        ("PROTECTED", lines(pipeline.protected_branches.iter().map(Glob::text).collect())),
    ];
    let paths = [
        ("GH_TOKEN", "github.token".to_owned()),
        ("GATE", format!("inputs.{GATE}")),
        ("COMMIT", format!("inputs.{COMMIT}")),
        ("REASON", format!("inputs.{REASON}")),
    ];
    let given = step.node.get("env").map(Yaml::entries).unwrap_or_default();
    let known = texts.iter().all(|(name, text)| step.literal_env(name).as_ref() == Some(text))
        && paths.iter().all(|(name, path)| path_of(step.env(name)).as_ref() == Some(path));
    known
        && given.len() == texts.len() + paths.len()
        && step.node.get("if").is_none()
        && step.node.get("working-directory").is_none()
}
