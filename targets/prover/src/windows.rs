//! Windows: a deploy starts only after a job has waited for its window.
//!
//! The deploy itself checks that the window is open. The waiting job starts at the same point of the run as the deploy
//! would, and has no environment, lock or right.
//!
//! ```yaml
//! wait-to-deploy-app-to-production:      # window mon..thu 08:00..16:00 "Europe/London"
//!   steps:
//!     - name: Wait for the window
//!       env: { ENVIRONMENT: production, DAYS: "1 2 3 4", FROM: "08:00", UNTIL: "17:00", ZONE: Europe/London }
//! # a finding, because the window ends at 16:00: "it waits for another window"
//! ```

use crate::gating::Gating;
use crate::gating::jobs_of;
use pipec_ir::{Node, Program, Window};
use pipec_model::Finding;
use pipec_model::Reading;
use pipec_model::Source;
use pipec_model::{ConditionId, Job, Step};
use pipec_runtime::Script;
use pipec_runtime::names::WAIT_TO;

/// The window of the environment that a node deploys to.
fn window_of<'p>(program: &'p Program, node: &Node) -> Option<&'p Window> {
    program.environment_of(node)?.window.as_ref()
}

/// The deploy that a job waits for, with its id and its node.
pub(crate) fn awaited_by<'j, 'p>(
    program: &Program,
    source: &Source<'p>,
    job: &'j str,
) -> Option<(&'j str, &'p Node)> {
    if source.node_of(job).is_some() {
        return None;
    }
    let deploy = job.strip_prefix(WAIT_TO)?;
    let node = source.node_of(deploy)?;
    window_of(program, node).map(|_| (deploy, node))
}

/// The job that waits for the window of a deploy's job.
pub(crate) fn waiting_for<'g>(gating: &Gating<'g, '_>, deploy: &Job) -> Option<&'g Job> {
    let job = gating.job(&format!("{WAIT_TO}{}", deploy.id))?;
    awaited_by(gating.program, gating.source, &job.id).map(|_| job)
}

/// The number of checks of the window in a node's job.
pub(crate) fn times_asked(program: &Program, node: &Node) -> usize {
    usize::from(window_of(program, node).is_some())
}

/// Whether a timeout is long enough for a waiting job.
pub(crate) fn waits_long_enough(engine: &dyn Reading, minutes: Option<f64>) -> bool {
    minutes == Some(engine.longest_job())
}

/// Whether a step has the values of its node's window.
pub(crate) fn has_window_values(program: &Program, node: &Node, step: &Step) -> bool {
    let (Some(window), Some(deploy)) = (window_of(program, node), node.deploy()) else {
        return false;
    };
    let days: Vec<String> = window.days.iter().map(|day| day.number().to_string()).collect();
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let expected = [
        ("ENVIRONMENT", deploy.environment.clone()),
        ("DAYS", days.join(" ")),
        ("FROM", time(window.from)),
        ("UNTIL", time(window.to)),
        ("ZONE", window.zone.clone()),
    ];
    step.env.len() == expected.len()
        && expected.iter().all(|(name, value)| step.env_literal(name) == Some(value))
}

/// Every difference of the jobs that wait for a node's window.
pub(crate) fn check(gating: &Gating<'_, '_>, node: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    if window_of(gating.program, node).is_none() {
        return findings;
    }
    for deploy in jobs_of(gating, node) {
        let id = format!("{WAIT_TO}{}", deploy.id);
        let Some(waits) = gating.job(&id) else {
            findings.push(Finding::of_job(&deploy.id, "no job waits for its window", deploy.line));
            continue;
        };
        steps(gating, node, waits, &mut findings);
        order(gating, node, waits, deploy, &mut findings);
    }
    findings
}

/// Checks that it has the waiting script, and nothing else.
fn steps(gating: &Gating<'_, '_>, node: &Node, waits: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&waits.id, what, waits.line));
    let [step] = waits.steps() else { return differs("it is not one step") };
    let is_plain = step.condition == ConditionId::PLAIN && step.directory.is_none() && step.limit.is_none();
    if !step.runs(Script::WindowWait) || !is_plain {
        differs("it does not wait for the window");
    }
    if !has_window_values(gating.program, node, step) {
        differs("it waits for another window");
    }
    if waits.rights.as_ref().is_none_or(|rights| rights.is_unknown || !rights.scopes.is_empty()) {
        differs("it has rights, though it only waits");
    }
    if !waits.outputs().is_empty() {
        differs("it hands something on, though it only waits");
    }
}

/// Checks that it starts when the deploy would. The deploy must start only after its success.
fn order(gating: &Gating<'_, '_>, node: &Node, waits: &Job, deploy: &Job, findings: &mut Vec<Finding>) {
    findings.extend(gating.never_more(node, waits).into_iter().map(|(_, finding)| finding));
    if let Some(has_waited) = gating.succeeded(waits) {
        let what = "starts, though nothing has waited for its window";
        gating.prove(deploy, &gating.runs(deploy), &has_waited, what, findings);
    }
    let what = "waits for a deploy that does not start";
    gating.prove(waits, &gating.runs_if_green(waits), &gating.runs_if_green(deploy), what, findings);
}
