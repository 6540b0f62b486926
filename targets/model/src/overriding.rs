//! The rules for override runs, and the step of the output that checks them.
//!
//! Some variables of that step, in a pipeline with the overridable gate `scan`:
//!
//! ```text
//! GATE: ${{ inputs.override-gate }}            the gate that the run names
//! REASON: ${{ inputs.override-reason }}        the step fails if it is blank
//! ORDINARY: ""                                 every manual run is an override
//! GATES: scan                                  the step fails if GATE is another gate
//! PROTECTED: ^main$                            the step fails if the run is of another branch
//! ```
//!
//! A step with [`Script::OverrideAsked`] and the variables of the source rejects every override that breaks the rules.
//! So its job can be green only in the other runs.

use crate::{ConditionId, Job, Part, Source, Step, World};
use pipec_ir::{Event, Fact, Pipeline, Trigger};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::Script;
use pipec_runtime::names::{
    ORDINARY, OVERRIDE_COMMIT as COMMIT, OVERRIDE_GATE as GATE, OVERRIDE_REASON as REASON,
};

/// The inputs that overrides need.
pub fn inputs(pipeline: &Pipeline) -> Vec<&'static str> {
    if pipeline.overridable().next().is_some() { vec![GATE, COMMIT, REASON] } else { Vec::new() }
}

/// The step of a job that rejects invalid overrides.
pub fn asked_step(job: &Job) -> Option<&Step> {
    job.steps().iter().find(|step| step.runs(Script::OverrideAsked))
}

/// The runs in which the job can be green. It rejects all other runs.
pub fn sure_if_green(job: &Job, world: &World, source: &Source<'_>) -> Proposition {
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
pub fn checks_override_rules(step: &Step, pipeline: &Pipeline) -> bool {
    let expressions =
        |globs: Vec<&Glob>| globs.into_iter().map(Glob::expression).collect::<Vec<_>>().join("\n");
    let gates: Vec<&str> = pipeline.overridable().map(|(gate, _)| gate.name.as_str()).collect();
    let pushed = pipeline.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Push(globs, _) => Some(globs),
        _ => None,
    });
    let own = pipeline.events().contains(&Event::Manual);
    let texts = [
        ("ORDINARY", if own { ORDINARY.to_owned() } else { String::new() }),
        ("GATES", gates.join("\n")),
        ("PUSHED", expressions(pushed.flatten().collect())),
        ("PROTECTED", expressions(pipeline.protected_branches.iter().collect())),
    ];
    let input = |name: &str| Part::Fact(Fact::Input(name.to_owned()));
    let parts = [
        ("GH_TOKEN", Part::Token),
        ("GATE", input(GATE)),
        ("COMMIT", input(COMMIT)),
        ("REASON", input(REASON)),
    ];
    texts.iter().all(|(name, text)| step.env_literal(name) == Some(text))
        && parts.iter().all(|(name, part)| step.env(name).is_some_and(|given| given.is_part(part)))
        && step.env.len() == texts.len() + parts.len()
        && step.condition == ConditionId::PLAIN
        && step.directory.is_none()
}
