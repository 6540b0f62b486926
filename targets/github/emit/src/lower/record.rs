//! The job that writes down what ran: the last of every run.

use super::{Lowering, RECORD};
use crate::document::{Input, Job, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::Event;
use pipec_lowering::{JobPlan, Nodes};
use pipec_runtime::{Dialect, Script};

/// How long it may take, in minutes: two calls of the API.
const TIMEOUT: u32 = 5;

impl Lowering<'_> {
    /// Runs whatever became of the others, and nothing waits for it. All it is told are names, results and outputs.
    pub(super) fn record_job(&self, plan: &JobPlan) -> Job {
        let path = Template::expression("runner.temp").and_text(format!("/{RECORD}.json"));
        let mut step = Step::run("Record the run", Script::RecordRun.text(Dialect::GitHub))
            .with_env("GH_TOKEN", Template::expression("github.token"))
            .with_env("PIPELINE", Template::text(self.pipeline.name.clone()))
            .with_env("NODES", Template::text(self.plans.record_lines()))
            .with_env("NEEDS", Template::expression("toJSON(needs)"));
        if self.pipeline.starts_on(Event::Manual) || self.pipeline.has_overrides() {
            step = step.with_env("INPUTS", Template::expression("toJSON(inputs)"));
        }
        let inputs = vec![
            ("name", Input::Text(Template::text(RECORD))),
            ("path", Input::Text(path.clone())),
            ("if-no-files-found", Input::Text(Template::text("error"))),
            ("overwrite", Input::Flag(true)),
        ];
        let mut job = Job {
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            steps: vec![
                step.with_env("RECORD", path),
                Step::uses("Keep the record", &pins::UPLOAD_ARTIFACT, inputs),
            ],
            ..self.shell(plan)
        };
        job.permissions.read("actions", "when each job ran");
        job
    }
}
