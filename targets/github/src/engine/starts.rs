//! When each job starts and how it ends, as propositions over the facts of the run and the outcomes of the jobs before.

use super::expression::{Cases, Datum, Evaluator, Expression, JobState, Scope};
use super::finding::is_advisory;
use super::gating::Gating;
use super::overrides;
use super::plan;
use super::workflow::{Job, Workflow, expression};
use super::world::World;
use pipec_ir::{Node, Pipeline};
use pipec_logic::Proposition;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The states of all jobs, by id.
pub(crate) type Jobs = BTreeMap<String, JobState>;

/// Which results of jobs are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Results {
    /// Every job that starts is green, but for gates that only report and the gate that the run overrides; nothing is
    /// cancelled.
    Green,
    /// Every result may stand beside every other, as if each job were re-run on its own (trap 18). What holds here hangs
    /// on no other job's condition (trap 2), and holds the more where results hang together.
    Any,
}

/// The states of all jobs, each behind those it needs.
pub(crate) fn follow(
    workflow: &Workflow,
    let_in: &Proposition,
    world: &World<'_>,
    pipeline: &Pipeline,
    results: Results,
) -> Jobs {
    let mut jobs = Jobs::new();
    for job in &workflow.jobs {
        let state = state(job, let_in, world, pipeline, results, &jobs);
        jobs.insert(job.id.clone(), state);
    }
    jobs
}

/// That the run was cancelled when the job's condition was looked at.
pub(crate) fn is_stopped(job: &str, world: &World<'_>) -> Proposition {
    world.free(&format!("cancelled before {job}"))
}

fn state(
    job: &Job,
    let_in: &Proposition,
    world: &World<'_>,
    pipeline: &Pipeline,
    results: Results,
    before: &Jobs,
) -> JobState {
    let logic = world.logic();
    let green = results == Results::Green;
    let stopped = if green { logic.falsehood() } else { is_stopped(&job.id, world) };
    let scope = Scope { place: &job.id, needs: &job.needs, jobs: before, stopped, step: None };
    let evaluator = Evaluator { world, scope: &scope };
    let condition = match &job.condition {
        Some(condition) => evaluator.holds(condition),
        None => world.free(&format!("the condition of {}", job.id)),
    };
    let start = logic.and(let_in, &condition);
    let reports = world.node_of(&job.id).is_some_and(is_advisory);
    let mut fine = if green && !reports { logic.truth() } else { world.free(&format!("{} is fine", job.id)) };
    if green && let Some(gate) = world.node_of(&job.id) {
        // A gate may fail in a run that overrides it, and the rest goes on.
        let red = logic.and(&world.overrides(&gate.name), &world.free(&format!("{} is overridden", job.id)));
        fine = logic.and_not(&fine, &red);
    }
    if plan::plan_step(job).is_some() {
        fine = logic.and_not(&fine, &world.manual_on_tag());
    }
    fine = logic.and(&fine, &overrides::let_by(job, world, pipeline));
    let begun = if green { start.clone() } else { world.free(&format!("{} had begun", job.id)) };
    // By its own timeout, or with the run (trap 7: only the latter is `cancelled()`).
    let ended = if green { logic.falsehood() } else { world.free(&format!("{} is cancelled", job.id)) };
    let success = logic.and(&begun, &fine);
    let red = logic.and_not(&begun, &fine);
    let failure = logic.and_not(&red, &ended);
    // A job that had not begun when the run was cancelled is cancelled too.
    let cancelled = logic.and_not(&ended, &success);
    let skipped = logic.not(&logic.or(&begun, &cancelled));
    let mut state = JobState {
        start,
        success,
        failure,
        cancelled,
        skipped,
        outputs: BTreeMap::new(),
        needs: Rc::clone(&job.needs),
        all_before: OnceCell::new(),
        failed_before: OnceCell::new(),
    };
    state.outputs = outputs(job, &state, world, pipeline);
    state
}

fn outputs(job: &Job, state: &JobState, world: &World<'_>, pipeline: &Pipeline) -> BTreeMap<String, Cases> {
    let logic = world.logic();
    let plan = plan::plan_step(job);
    let facts = plan.map(|step| plan::facts(step, world, pipeline)).unwrap_or_default();
    let entries = job.node.get("outputs").map(|outputs| outputs.entries()).unwrap_or_default();
    let of_plan = |value: &Expression| -> Option<&Proposition> {
        let path = value.path()?;
        let [steps, id, outputs, fact] = path.as_slice() else { return None };
        let id_of_plan = plan.and_then(|step| step.id.as_ref())?;
        (steps == "steps" && outputs == "outputs" && id == id_of_plan).then(|| facts.get(fact))?
    };
    entries
        .iter()
        .map(|(name, node)| {
            let value = expression(node);
            let red = logic.or(&state.failure, &state.cancelled);
            let half_done = Datum::Unknown(format!("{name} of {} that is not green", job.id));
            let mut cases: Cases = vec![(state.skipped.clone(), Datum::exact("")), (red, half_done)];
            match value.as_ref().and_then(of_plan) {
                Some(fact) => {
                    cases.push((logic.and(&state.success, fact), Datum::exact("true")));
                    cases.push((logic.and_not(&state.success, fact), Datum::exact("false")));
                }
                None => cases.push((state.success.clone(), Datum::Unknown(format!("{name} of {}", job.id)))),
            }
            (name.to_string(), cases)
        })
        .collect()
}

/// The jobs that stand for a node: its own and its twin for untrusted events.
pub(crate) fn jobs_of<'a, 'g>(gating: &'a Gating<'g, '_>, node: &Node) -> &'a [&'g Job] {
    gating.jobs_of_nodes.get(node.id.0).map(Vec::as_slice).unwrap_or_default()
}

/// The jobs that stand for each node, by its place.
pub(crate) fn jobs_of_nodes<'w>(workflow: &'w Workflow, world: &World<'_>) -> Vec<Vec<&'w Job>> {
    let mut jobs = vec![Vec::new(); world.facts.pipeline().nodes.len()];
    for job in &workflow.jobs {
        let place = world.node_of(&job.id).map(|node| node.id.0);
        if let Some(jobs) = place.and_then(|place| jobs.get_mut(place)) {
            jobs.push(job);
        }
    }
    jobs
}
