//! Windows: when deploys may start. A job of its own waits for one to open, since the deploy would hold its lock meanwhile;
//! the deploy then makes sure.

use super::Lowering;
use crate::document::{Job, Step};
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Environment, Node, RunnerHost, Window};
use pipec_lowering::{JobPlan, Role, time};
use pipec_runtime::{Dialect, Script};

/// How long GitHub lets a job live on its own machines, in minutes.
const LONGEST_JOB: u32 = 360;

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

impl Lowering<'_> {
    /// The job that waits for the window of a deploy.
    pub(super) fn waiting_job(&self, plan: &JobPlan, node: &Node) -> Option<Job> {
        let (environment, window) = self.plans.source.window_of(node)?;
        let script = Script::WindowWait.text(Dialect::GitHub);
        Some(Job {
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: LONGEST_JOB,
            steps: vec![window_step("Wait for the window", script, environment, window)],
            ..self.shell(plan)
        })
    }

    /// The first step of a deploy to an environment that has a window.
    pub(super) fn window_step(&self, node: &Node) -> Option<Step> {
        let (environment, window) = self.plans.source.window_of(node)?;
        Some(window_step("In the window", Script::WindowOpen.text(Dialect::GitHub), environment, window))
    }

    pub(super) fn check_windows(&self) {
        for plan in &self.plans.jobs {
            let Role::WaitForWindow(node) = &plan.role else { continue };
            let Some(node) = self.pipeline.node(*node) else { continue };
            let Some((environment, window)) = self.plans.source.window_of(node) else { continue };
            let id = &plan.id;
            if node.body.runner.host == RunnerHost::WindowsX64 {
                self.error(
                    codes::P1101,
                    &window.origin,
                    format!("the window of `{}` can't be checked on windows-x64", environment.name),
                    "its bash has no time zones: run the deploy on another machine, `runs on`",
                );
            }
            let taken = self.plans.units.iter().any(|other| other.id.eq_ignore_ascii_case(id));
            if taken || id.len() > LONGEST_ID {
                let message = if taken {
                    format!(
                        "`{id}` is the name of the job that waits for the window of `{}`",
                        environment.name
                    )
                } else {
                    format!(
                        "`{id}` is longer than the {LONGEST_ID} characters that a job's key may have on GitHub"
                    )
                };
                self.error(codes::P1102, &node.name_origin, message, "choose another name");
            }
        }
    }
}

fn window_step(name: &'static str, script: &'static str, environment: &Environment, window: &Window) -> Step {
    let days: Vec<String> = window.days.iter().map(|day| day.number().to_string()).collect();
    Step::run(name, script)
        .with_env("ENVIRONMENT", Template::text(environment.name.clone()))
        .with_env("DAYS", Template::text(days.join(" ")))
        .with_env("FROM", Template::text(time(window.from)))
        .with_env("UNTIL", Template::text(time(window.to)))
        .with_env("ZONE", Template::text(window.zone.clone()))
}
