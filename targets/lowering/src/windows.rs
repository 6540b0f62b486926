//! Windows: a separate job waits for one to open.
//!
//! The deploy itself would hold its lock while it waits. For `window mon..fri 09:00..17:00 Europe/Berlin`, the deploy
//! `deploy-app-to-production` gets the job `wait-to-deploy-app-to-production`. That job has the waits of the deploy,
//! and the deploy also waits for its success. It has no environment, so no approval is needed yet; no lock, so it
//! blocks no other deploy; and no right.

use crate::acts::Act;
use crate::jobs::{JobPlan, Role, Timeout, Wait};
use crate::value::Value;
use pipec_ir::{Environment, Node, Program, Window};
use pipec_runtime::Script;
use pipec_runtime::names::WAIT_TO;

/// The environment that a deploy enters, and its window, if it has one.
pub fn of<'p>(program: &'p Program, node: &Node) -> Option<(&'p Environment, &'p Window)> {
    let environment = program.environment_of(node)?;
    Some((environment, environment.window.as_ref()?))
}

/// The job that waits for the window of a deploy.
///
/// The job of the deploy then waits for it.
pub(crate) fn wait<'p>(program: &'p Program, node: &Node, deploy: &mut JobPlan<'p>) -> Option<JobPlan<'p>> {
    let (environment, window) = of(program, node)?;
    let id = job_name(&deploy.id);
    let days: Vec<&str> = window.days.iter().map(|day| day.word()).collect();
    let opens = format!(
        "waits for the window of {}: {} {}..{} {}",
        environment.name,
        days.join(", "),
        time(window.from),
        time(window.to),
        window.zone
    );
    let name = format!("wait to {}", deploy.name);
    let job = JobPlan {
        comments: vec![opens],
        waits: deploy.waits.clone(),
        start: deploy.start.clone(),
        timeout: Timeout::Longest,
        acts: vec![act("Wait for the window", Script::WindowWait, environment, window)],
        ..JobPlan::new(id.clone(), Role::WaitForWindow(node.id), node.origin.span, name)
    };
    deploy.waits.push(Wait::success(&id));
    Some(job)
}

/// The act that makes sure that the window of a deploy is open.
pub(crate) fn is_open<'p>(program: &'p Program, node: &Node) -> Option<Act<'p>> {
    let (environment, window) = of(program, node)?;
    Some(act("In the window", Script::WindowOpen, environment, window))
}

fn act<'p>(title: &'static str, script: Script, environment: &'p Environment, window: &'p Window) -> Act<'p> {
    let days: Vec<String> = window.days.iter().map(|day| day.number().to_string()).collect();
    let parameters = [
        ("ENVIRONMENT", Value::text(environment.name.as_str())),
        ("DAYS", Value::text(days.join(" "))),
        ("FROM", Value::text(time(window.from))),
        ("UNTIL", Value::text(time(window.to))),
        ("ZONE", Value::text(window.zone.as_str())),
    ];
    Act::fixed(title, script, parameters)
}

/// The name of the job that waits for the window of a deploy's job.
pub fn job_name(deploy: &str) -> String {
    format!("{WAIT_TO}{deploy}")
}

/// A time of the day, from its minutes: `09:00`.
fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
