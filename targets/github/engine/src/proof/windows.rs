//! Windows: that a deploy starts only once a job has waited for its window, and makes sure that it is open; and that the
//! job which waits does so at the same point of the run, and holds nothing.

use crate::meaning::source::Source;
use crate::proof::gating::Gating;
use crate::proof::gating::jobs_of;
use crate::read::finding::Finding;
use crate::read::workflow::{Job, Step};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Node, Program, Window};
use pipec_runtime::Script;

/// What the job that waits for a deploy is called before the deploy's own id.
const WAITS: &str = "wait-to-";

/// How long GitHub lets a job live, in minutes.
const LONGEST: f64 = 360.0;

/// The window of the environment that a node deploys to.
fn window_of<'p>(program: &'p Program, node: &Node) -> Option<&'p Window> {
    program.environment_of(node)?.window.as_ref()
}

/// The id of the deploy that a job waits to start, and its node.
pub(crate) fn awaited_by<'j, 'p>(
    program: &Program,
    source: &Source<'p>,
    job: &'j str,
) -> Option<(&'j str, &'p Node)> {
    if source.node_of(job).is_some() {
        return None;
    }
    let deploy = job.strip_prefix(WAITS)?;
    let node = source.node_of(deploy)?;
    window_of(program, node).map(|_| (deploy, node))
}

/// How often a node's job asks whether its window is open.
pub(crate) fn times_asked(program: &Program, node: &Node) -> usize {
    usize::from(window_of(program, node).is_some())
}

/// Whether the job's timeout is that of a job that waits.
pub(crate) fn waits_long_enough(minutes: Option<f64>) -> bool {
    minutes == Some(LONGEST)
}

/// Whether a step is told the window of its node.
pub(crate) fn is_told(program: &Program, node: &Node, step: &Step) -> bool {
    let (Some(window), Some(deploy)) = (window_of(program, node), node.deploy()) else {
        return false;
    };
    let days: Vec<String> = window.days.iter().map(|day| day.number().to_string()).collect();
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let told = [
        ("ENVIRONMENT", deploy.environment.clone()),
        ("DAYS", days.join(" ")),
        ("FROM", time(window.from)),
        ("UNTIL", time(window.to)),
        ("ZONE", window.zone.clone()),
    ];
    let given = step.node.get("env").map(Yaml::entries).unwrap_or_default();
    given.len() == told.len()
        && told.iter().all(|(name, value)| step.literal_env(name).as_ref() == Some(value))
}

/// Every difference of the jobs that wait for a node's window.
pub(crate) fn check(gating: &Gating<'_, '_>, node: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    if window_of(gating.program, node).is_none() {
        return findings;
    }
    for deploy in jobs_of(gating, node) {
        let id = format!("{WAITS}{}", deploy.id);
        let Some(waits) = gating.workflow.job(&id) else {
            findings.push(Finding::of_job(&deploy.id, "no job waits for its window", deploy.line));
            continue;
        };
        steps(gating, node, waits, &mut findings);
        order(gating, node, waits, deploy, &mut findings);
    }
    findings
}

/// It is the script that waits, and nothing else.
fn steps(gating: &Gating<'_, '_>, node: &Node, waits: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&waits.id, what, waits.line));
    let [step] = waits.steps.as_slice() else { return differs("it is not one step") };
    let is_fixed = step.runtime_script() == Some(Script::WindowWait);
    let more = ["if", "working-directory", "timeout-minutes"];
    if !is_fixed || more.iter().any(|key| step.node.get(key).is_some()) {
        differs("it does not wait for the window");
    }
    if !is_told(gating.program, node, step) {
        differs("it waits for another window");
    }
    let rights = waits.node.get("permissions").map(|node| &node.value);
    if !matches!(rights, Some(Value::Map(rights)) if rights.is_empty()) {
        differs("it has rights, though it only waits");
    }
    if waits.node.get("outputs").is_some() {
        differs("it hands something on, though it only waits");
    }
}

/// It starts when the deploy would, and the deploy starts only once it is green.
fn order(gating: &Gating<'_, '_>, node: &Node, waits: &Job, deploy: &Job, findings: &mut Vec<Finding>) {
    gating.never_more(node, waits, findings);
    if let (Some(waiting), Some(state)) =
        (gating.jobs.get(waits.id.as_str()), gating.jobs.get(deploy.id.as_str()))
    {
        let what = "starts, though nothing has waited for its window";
        gating.prove(deploy, state.start(gating.world), &waiting.success, what, findings);
    }
    if let (Some(waiting), Some(state)) =
        (gating.green.get(waits.id.as_str()), gating.green.get(deploy.id.as_str()))
    {
        let what = "waits for a deploy that does not start";
        gating.prove(waits, waiting.start(gating.world), state.start(gating.world), what, findings);
    }
}
