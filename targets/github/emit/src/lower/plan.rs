//! The `plan` job: it decides the facts that expressions can't, and refuses manual runs on tags and overrides that are
//! not by the book.

use super::Lowering;
use crate::document::{Input, Job, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::Event;
use pipec_lowering::{JobPlan, Nodes, variable_part};
use pipec_runtime::{Dialect, Script};

/// How long the plan may take, in minutes: a checkout with its history and two calls of the API.
const TIMEOUT: u32 = 10;

impl Lowering<'_> {
    /// The plan.
    pub(super) fn plan_job(&self, plan: &JobPlan) -> Job {
        let planned = &self.plans.planned;
        let decides = |decided: &String| format!("decides what GitHub's expressions can't: {decided}");
        let output =
            |name: &str| (name.to_owned(), Template::expression(format!("steps.plan.outputs.{name}")));
        let mut job = Job {
            comments: plan.comments.iter().map(decides).collect(),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            outputs: planned.iter().map(|(name, _)| output(name)).collect(),
            ..self.shell(plan)
        };
        if let Some(step) = self.override_asked_step() {
            job.permissions.read("contents", "the head of the branch, to compare an override with");
            job.steps.push(step);
        }
        let mut step = Step::run("Decide the facts", Script::Plan.text(Dialect::GitHub)).with_id("plan");
        if planned.ask_for_changes() {
            job.outputs.extend(["baseline", "unknown"].map(output));
            job.permissions.read("contents", "the history, to see what changed");
            let inputs = vec![("fetch-depth", Input::Number(0)), ("persist-credentials", Input::Flag(false))];
            job.steps.push(Step::uses("Check out", &pins::CHECKOUT, inputs));
            if self.pipeline.starts_on(Event::Push) {
                job.permissions.read("actions", "the last green run of this branch");
                step = step
                    .with_env("GH_TOKEN", Template::expression("github.token"))
                    .with_env("WORKFLOW", self.file.clone());
            }
            step = step.with_env("SOURCES", lines(self.sources()));
            if !self.pipeline.changes.is_empty() {
                step = step.with_env("CHANGES", lines(self.change_lines()));
            }
        }
        for name in planned.inputs() {
            let value = Template::expression(format!("inputs.{name}"));
            step = step.with_env(format!("INPUT_{}", variable_part(name)), value);
        }
        step = step.with_env("FACTS", lines(planned.lines()));
        job.steps.push(step);
        job
    }

    /// The files that make the pipeline what it is: where one of them has changed, earlier runs say nothing.
    fn sources(&self) -> impl Iterator<Item = String> {
        let workflow = format!(".github/workflows/{}", self.file);
        self.pipeline.sources.iter().map(|source| source.path.clone()).chain(std::iter::once(workflow))
    }

    fn change_lines(&self) -> impl Iterator<Item = String> {
        let rules = self.pipeline.changes.iter();
        rules.flat_map(|rule| rule.globs.iter().map(move |glob| format!("{} {}", rule.kind, glob.text())))
    }
}

/// Lines of a variable.
fn lines(lines: impl IntoIterator<Item = String>) -> Template {
    Template::text(lines.into_iter().map(|line| line + "\n").collect::<String>())
}
