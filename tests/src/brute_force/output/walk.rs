//! One run of a job graph.
//!
//! It has which jobs start, which steps run, and how each ends.

use super::begun::{Begun, Source};
use super::graph::{Graph, GraphJob, GraphStep};
use pipec_logic::Model;
use pipec_model::JobResult;
use pipec_runtime::Script;

/// The jobs whose end is forced, by their places.
///
/// Somebody ran them again or stopped them, or they failed.
pub type Forced = [(usize, JobResult)];

/// A run of a job graph.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Whether each job started.
    pub started: Vec<bool>,
    /// How each job ended.
    pub ended: Vec<JobResult>,
    /// How later jobs see that it ended.
    pub seen: Vec<JobResult>,
    /// Every fact of the run and of its jobs.
    pub model: Model,
}

impl Walk {
    /// Whether a job did what it must.
    pub fn is_passed(&self, place: usize) -> bool {
        self.ended[place] == JobResult::Success
    }
}

/// The facts of a run, before its first job; `noise` decides what nobody knows.
pub fn before(graph: &Graph<'_>, source: &Source<'_>, begun: &Begun, noise: u64) -> Model {
    let mut model = graph.world.model_of(&source.concrete(begun));
    for (number, variable) in graph.unknown.iter().enumerate() {
        model.set(*variable, noise.rotate_left(u32::try_from(number % 64).unwrap_or(0)) & 1 == 1);
    }
    let facts = graph.jobs.iter().flat_map(|job| &job.facts);
    for (number, (variable, tests)) in facts.enumerate() {
        let unknown = noise >> (number % 61) & 1 == 1;
        let tested = |(test, value): &(String, String)| source.tested(test, value, begun).unwrap_or(unknown);
        model.set(*variable, tests.iter().any(tested));
    }
    model
}

/// Goes through the jobs of a run.
///
/// A job that starts succeeds, unless it is forced to end in another way or must fail in such a run. The walk is `None`
/// if a job is forced to succeed that can't.
pub fn walk(
    graph: &Graph<'_>,
    source: &Source<'_>,
    begun: &Begun,
    before: &Model,
    forced: &Forced,
) -> Option<Walk> {
    let count = graph.jobs.len();
    let mut walk = Walk {
        started: Vec::with_capacity(count),
        ended: Vec::with_capacity(count),
        seen: Vec::with_capacity(count),
        model: before.clone(),
    };
    for (place, job) in graph.jobs.iter().enumerate() {
        let starts = job.start.iter().all(|part| graph.holds(part, &walk.model));
        let fails = must_fail(job, source, begun);
        let natural = match (starts, fails) {
            (false, _) => JobResult::Skipped,
            (true, false) => JobResult::Success,
            (true, true) => JobResult::Failure,
        };
        let ended = forced.iter().find(|(other, _)| *other == place).map_or(natural, |(_, result)| *result);
        let has_demands = job.demands.iter().all(|part| graph.holds(part, &walk.model));
        if ended == JobResult::Success && (fails || !has_demands) {
            return None;
        }
        // The run goes on as if it had succeeded.
        let is_ignored = ended == JobResult::Failure && job.job.ignores_failure == Some(true);
        let seen = if is_ignored { JobResult::Success } else { ended };
        job.ends.note(seen, &mut walk.model);
        walk.started.push(starts);
        walk.ended.push(ended);
        walk.seen.push(seen);
    }
    Some(walk)
}

/// Whether a job has a step that refuses such a run.
///
/// A manual run starts from a branch, and an override has its rules.
fn must_fail(job: &GraphJob<'_>, source: &Source<'_>, begun: &Begun) -> bool {
    let runs = |script: Script| job.job.steps().iter().any(|step| step.runs(script));
    runs(Script::OfABranch) && begun.on_tag && source.is_dispatched(begun)
        || runs(Script::OverrideAsked) && source.refuses_entry(begun)
}

/// What became of each step of a leg.
#[derive(Clone, Debug)]
pub struct LegRun {
    /// How each step ended.
    pub ended: Vec<JobResult>,
    /// Whether the leg had failed before each step.
    failed: Vec<bool>,
    /// Whether the leg is green.
    pub is_green: bool,
}

impl LegRun {
    /// Whether a step ran.
    pub fn has_run(&self, step: usize) -> bool {
        self.ended[step] != JobResult::Skipped
    }

    /// Whether the leg had failed before a step.
    pub fn had_failed(&self, step: usize) -> bool {
        self.failed[step]
    }

    /// Whether a step ran and succeeded.
    pub fn has_succeeded(&self, step: usize) -> bool {
        self.ended[step] == JobResult::Success
    }
}

/// Goes through the steps of a leg, where the steps of these places fail.
pub fn run_leg(
    graph: &Graph<'_>,
    job: &GraphJob<'_>,
    leg: &[GraphStep<'_>],
    model: &mut Model,
    failing: &[usize],
) -> LegRun {
    let mut run = LegRun { ended: Vec::new(), failed: Vec::new(), is_green: true };
    for (place, step) in leg.iter().enumerate() {
        model.set(job.succeeding, run.is_green);
        let runs = step.runs.as_ref().is_some_and(|runs| graph.holds(runs, model));
        let ended = match (runs, failing.contains(&place)) {
            (false, _) => JobResult::Skipped,
            (true, false) => JobResult::Success,
            (true, true) => JobResult::Failure,
        };
        step.ends.note(ended, model);
        run.failed.push(!run.is_green);
        run.is_green &= ended != JobResult::Failure || step.step.goes_on == Some(true);
        run.ended.push(ended);
    }
    run
}
