//! Repeated gates: one job has all runs, and a final act counts them.
//!
//! A failing script ends its run, but not the job, so that every run is complete. The measures always run: they move
//! the reports aside, so that the next run does not use an old one. For example, `repeat 3 quorum 2` with one script
//! becomes
//!
//! ```text
//! run-1, run-2, run-3   the script; if it fails, the job continues
//! quorum                fails unless two of them succeeded
//! ```

use super::clock::time_forth;
use super::{Act, Does, Failure, Limit, directory, measures, scripts::title};
use crate::guard::Guard;
use crate::value::{Part, Value};
use pipec_ir::{Node, Quorum, StepKind};
use pipec_runtime::Script;

pub(super) fn acts<'p>(node: &'p Node, quorum: Quorum, unless_exempt: &Guard) -> Vec<Act<'p>> {
    let mut acts = Vec::new();
    let parts = node.body.steps.len() + node.body.measures.len();
    let mut runs = Value::default();
    for run in 1..=quorum.times {
        runs.parts.push(Part::Text(run.to_string().into()));
        for act in run_of(node, (run, quorum.times), parts, unless_exempt) {
            if let Some(id) = &act.id {
                runs.parts.extend([Part::Text(" ".into()), Part::Ending(id.clone().into())]);
            }
            acts.push(act);
        }
        runs.parts.push(Part::Text("\n".into()));
    }
    let title = format!("{} of {} runs passed, or more", quorum.quorum, quorum.times);
    let parameters = [
        ("RUNS", runs),
        ("SCRIPTS", Value::text(parts.to_string())),
        ("QUORUM", Value::text(quorum.quorum.to_string())),
    ];
    acts.push(Act::fixed(title, Script::Quorum, parameters).when(unless_exempt.clone()));
    acts
}

/// The scripts and measures of one run.
fn run_of<'p>(node: &'p Node, (run, runs): (u64, u64), parts: usize, unless_exempt: &Guard) -> Vec<Act<'p>> {
    // The earlier scripts on which the next one depends: one, or neighbouring checks.
    let mut group: Vec<String> = Vec::new();
    // When the first of the neighbouring checks runs.
    let mut entered: Option<Guard> = None;
    let scripts = node.body.steps.iter().map(|step| {
        let title = format!("{} (run {run} of {runs})", title(node, step));
        let act = Act::new(title, Does::Script(step, Vec::new()));
        (Some(step.kind), act.in_directory(directory(node)))
    });
    let measures = node.body.measures.iter();
    let measures = measures.map(|measure| (None, measures::act(node, measure, Some((run, runs)))));
    let mut acts = Vec::new();
    for (place, (kind, mut act)) in scripts.chain(measures).enumerate() {
        let id = if parts == 1 { format!("run-{run}") } else { format!("run-{run}-{}", place + 1) };
        let passed = group.iter().map(|id| Guard::succeeded_act(id));
        let after = Guard::all(std::iter::once(unless_exempt.clone()).chain(passed));
        act.when = match (kind, &entered) {
            (Some(StepKind::Check), Some(due)) => due.clone(),
            (Some(StepKind::Check), None) => {
                group.clear();
                entered = Some(after.clone());
                after
            }
            (Some(StepKind::Run), _) => {
                group.clear();
                entered = None;
                after
            }
            (None, _) => unless_exempt.clone(),
        };
        act.failure = Failure::IsCounted;
        act.limit = Some(Limit::Milliseconds(time_forth(node)));
        group.push(id.clone());
        acts.push(act.with_id(id));
    }
    acts
}
