//! Windows: a separate job waits for one to open.
//!
//! The deploy itself would hold its lock while it waits. For `window mon..fri 09:00..17:00 Europe/Berlin`, the deploy
//! `deploy-app-to-production` gets the job `wait-to-deploy-app-to-production`. That job has the waits of the deploy,
//! and the deploy also waits for its success. It has no environment, so no approval is needed yet; no lock, so it
//! blocks no other deploy; and no right.

use crate::jobs::{JobPlan, Role, Wait};
use crate::source::{Source, deploy};
use pipec_ir::{Environment, Node, Window};

impl<'p> Source<'p> {
    /// The environment that a deploy enters, and its window, if it has one.
    pub fn window_of(&self, node: &Node) -> Option<(&'p Environment, &'p Window)> {
        let environment = self.program.environments.get(&deploy(node)?.environment)?;
        Some((environment, environment.window.as_ref()?))
    }
}

/// The job that waits for the window of a deploy. The deploy's own job then waits for it.
pub(crate) fn wait(source: &Source<'_>, node: &Node, deploy: &mut JobPlan) -> Option<JobPlan> {
    let (environment, window) = source.window_of(node)?;
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
    let job = JobPlan {
        id: id.clone(),
        role: Role::WaitForWindow(node.id),
        origin: node.origin.span,
        name: format!("wait to {}", deploy.name),
        comments: vec![opens],
        waits: deploy.waits.clone(),
        start: deploy.start.clone(),
        exemptions: Vec::new(),
        relies_on: Vec::new(),
    };
    deploy.waits.push(Wait::success(&id));
    Some(job)
}

/// The name of the job that waits for the window of a deploy's job.
pub(crate) fn job_name(deploy: &str) -> String {
    format!("wait-to-{deploy}")
}

/// A time of the day, from its minutes: `09:00`.
pub fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
