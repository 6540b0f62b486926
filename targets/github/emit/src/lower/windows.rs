//! Windows: when deploys may start. A job of its own waits for one to open, since the deploy would hold its lock meanwhile;
//! the deploy then makes sure.

use super::Lowering;
use super::names::result_of;
use super::order::Unit;
use crate::document::{Job, Step};
use crate::expression::Expression;
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Environment, Node, RunnerHost, Window};
use pipec_runtime::{Dialect, Script};

/// How long GitHub lets a job live on its own machines, in minutes.
const LONGEST_JOB: u32 = 360;

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

impl Lowering<'_> {
    /// The environment with a window that a node deploys to.
    fn windowed(&self, node: &Node) -> Option<(&Environment, &Window)> {
        let environment = self.program.environment_of(node)?;
        Some((environment, environment.window.as_ref()?))
    }

    /// The key of the job that waits for a deploy's window, if it has one.
    pub(super) fn waiting(&self, unit: &Unit) -> Option<String> {
        self.windowed(self.pipeline.node(unit.node)?)?;
        Some(format!("wait-to-{}", unit.id))
    }

    /// The job that waits for the window of a deploy, whose own job then waits for it as well: it has no environment, so
    /// nobody has approved yet; no lock, so it holds up nobody; and no right.
    pub(super) fn waiting_job(&self, unit: &Unit, node: &Node, deploy: &mut Job) -> Option<Job> {
        let (environment, window) = self.windowed(node)?;
        let id = self.waiting(unit)?;
        let days: Vec<&str> = window.days.iter().map(|day| day.word()).collect();
        let opens = format!(
            "waits for the window of {}: {} {}..{} {}",
            environment.name,
            days.join(", "),
            time(window.from),
            time(window.to),
            window.zone
        );
        let job = Job {
            id: id.clone(),
            comments: vec![opens],
            name: format!("wait to {}", deploy.name),
            needs: deploy.needs.clone(),
            condition: deploy.condition.clone(),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: LONGEST_JOB,
            steps: vec![window_step(
                "Wait for the window",
                Script::WindowWait.text(Dialect::GitHub),
                environment,
                window,
            )],
            ..Job::default()
        };
        let passed = Expression::equals(result_of(&id), "success");
        let own = deploy.condition.take().unwrap_or(Expression::Constant(true));
        let alive = match own.reads("!cancelled()") {
            true => Expression::Constant(true),
            false => Expression::raw("!cancelled()"),
        };
        deploy.condition = Some(Expression::all([alive, own, passed]));
        deploy.needs.push(id);
        Some(job)
    }

    /// The first step of a deploy to an environment that has a window.
    pub(super) fn window_step(&self, node: &Node) -> Option<Step> {
        let (environment, window) = self.windowed(node)?;
        Some(window_step("In the window", Script::WindowOpen.text(Dialect::GitHub), environment, window))
    }

    pub(super) fn check_windows(&self) {
        for unit in &self.units {
            let Some(node) = self.pipeline.node(unit.node) else { continue };
            let (Some((environment, window)), Some(id)) = (self.windowed(node), self.waiting(unit)) else {
                continue;
            };
            if node.body.runner.host == RunnerHost::WindowsX64 {
                self.error(
                    codes::P1101,
                    &window.origin,
                    format!("the window of `{}` can't be told on windows-x64", environment.name),
                    "bash knows no time zones there: run the deploy on another machine, `runs on`",
                );
            }
            let taken = self.units.iter().any(|other| other.id.eq_ignore_ascii_case(&id));
            if taken || id.len() > LONGEST_ID {
                let message = if taken {
                    format!(
                        "`{id}` is the name of the job that waits for the window of `{}`",
                        environment.name
                    )
                } else {
                    format!("`{id}` is longer than the {LONGEST_ID} characters of a job's key on GitHub")
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

/// A time of the day, from its minutes.
fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
