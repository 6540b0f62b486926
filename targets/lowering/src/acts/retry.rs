//! Retries: each attempt of a job or artefact is a part of one job.
//!
//! An attempt begins only if the one before has failed, in the same state of the folder as the first. So the result is
//! the work of one attempt. For an example, see [`crate::acts`].

use super::clock::time_forth;
use super::{Act, Does, Failure, Limit, directory, ran, scripts::title};
use crate::guard::Guard;
use crate::value::Value;
use pipec_ir::{Node, StepKind};
use pipec_runtime::Script;

/// The reason why a failing script does not end its job.
const ANOTHER_FOLLOWS: &str = "if it fails, the next attempt begins";

/// The maximum number of attempts. A retry is for a mirror that is unavailable for a minute.
pub const MOST: u64 = 10;

pub(super) fn acts<'p>(node: &'p Node, brought: &[Act<'p>]) -> Vec<Act<'p>> {
    let Some(clause) = node.retry() else { return Vec::new() };
    let mut acts = Vec::new();
    let attempts = node.attempts().min(MOST);
    let mut failed = Guard::Never;
    for attempt in 1..=attempts {
        let mut began = Guard::Always;
        if attempt > 1 {
            let id = format!("attempt-{attempt}");
            began = Guard::succeeded_act(&id);
            let parameters = [
                ("NODE", Value::text(node.name.as_str())),
                ("ATTEMPT", Value::text(attempt.to_string())),
                ("ATTEMPTS", Value::text(attempts.to_string())),
                ("BECAUSE", Value::text(clause.because.as_str())),
            ];
            let begin =
                Act::fixed(format!("Begin attempt {attempt} of {attempts}"), Script::Again, parameters);
            let comment = Some(format!("tried again, because: {}", clause.because));
            acts.push(Act { comment, ..begin.with_id(id).when(failed) });
            acts.extend(brought.iter().map(|act| act.again(&began)));
        }
        let scripts = attempt_of(node, (attempt, attempts), began);
        failed = Guard::any(scripts.iter().filter_map(|act| act.id.as_deref()).map(Guard::failed_act));
        acts.extend(scripts);
    }
    acts
}

/// The scripts of one attempt. Each depends on those before it in the attempt, and the first on the beginning of the
/// attempt.
fn attempt_of(node: &Node, (attempt, attempts): (u64, u64), began: Guard) -> Vec<Act<'_>> {
    let mut acts = Vec::new();
    // The condition of the next script, and the ids of the neighbouring checks before it.
    let mut due = began;
    let mut checks: Vec<String> = Vec::new();
    for (place, step) in node.body.steps.iter().enumerate() {
        let id = match node.body.steps.len() {
            1 => format!("try-{attempt}"),
            _ => format!("try-{attempt}-{}", place + 1),
        };
        if step.kind == StepKind::Run && !checks.is_empty() {
            due = Guard::all(checks.drain(..).map(|id| Guard::succeeded_act(&id)));
        }
        // In the last attempt, a failed check fails the job, but its neighbours still run.
        let when = match checks.first() {
            Some(first) if attempt == attempts => Guard::all([Guard::NotCancelled, ran(first)]),
            _ => due.clone(),
        };
        match step.kind {
            StepKind::Check => checks.push(id.clone()),
            StepKind::Run => due = Guard::succeeded_act(&id),
        }
        let title = format!("{} (attempt {attempt} of {attempts})", title(node, step));
        let script = Does::Script(step, Vec::new());
        let mut act = Act::new(title, script).in_directory(directory(node)).with_id(id).when(when);
        act.limit = Some(Limit::Milliseconds(time_forth(node)));
        if attempt < attempts {
            act.failure = Failure::GoesOn(ANOTHER_FOLLOWS);
        }
        acts.push(act);
    }
    acts
}
