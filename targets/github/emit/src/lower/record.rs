//! The job that writes down what ran: the last of every run.

use super::order::Unit;
use super::{Lowering, PLAN, RECORD, VERDICT};
use crate::document::{Input, Job, Step};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_ir::{Event, Node, NodeKind};
use pipec_runtime::{Dialect, Script};
use serde_json::Value;

/// How long it may take, in minutes: two calls of the API.
const TIMEOUT: u32 = 5;

impl Lowering<'_> {
    /// Runs whatever became of the others, and nothing waits for it. All it is told are names, results and outputs.
    pub(super) fn record_job(&self) -> Job {
        let plan = self.has_plan().then(|| PLAN.to_owned());
        let units = self
            .units
            .iter()
            .flat_map(|unit| [self.waiting(unit), Some(unit.id.clone()), self.override_of(unit)]);
        let needs = plan.into_iter().chain(units.flatten());
        let path = Template::expression("runner.temp").and_text(format!("/{RECORD}.json"));
        let mut step = Step::run("Record the run", Script::RecordRun.text(Dialect::GitHub))
            .with_env("GH_TOKEN", Template::expression("github.token"))
            .with_env("PIPELINE", Template::text(self.pipeline.name.clone()))
            .with_env("NODES", Template::text(self.node_lines()))
            .with_env("NEEDS", Template::expression("toJSON(needs)"));
        if self.starts_on(Event::Manual) || self.has_overrides() {
            step = step.with_env("INPUTS", Template::expression("toJSON(inputs)"));
        }
        let inputs = vec![
            ("name", Input::Text(Template::text(RECORD))),
            ("path", Input::Text(path.clone())),
            ("if-no-files-found", Input::Text(Template::text("error"))),
            ("overwrite", Input::Flag(true)),
        ];
        let mut job = Job {
            id: RECORD.to_owned(),
            comments: vec!["what ran, kept with the run and shown as its summary".to_owned()],
            name: RECORD.to_owned(),
            needs: needs.chain(std::iter::once(VERDICT.to_owned())).collect(),
            condition: Some(Expression::raw("always()")),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            steps: vec![
                step.with_env("RECORD", path),
                Step::uses("Keep the record", &pins::UPLOAD_ARTIFACT, inputs),
            ],
            ..Job::default()
        };
        job.permissions.read("actions", "when each job ran");
        job
    }

    /// A line of JSON for each job of a node.
    fn node_lines(&self) -> String {
        let mut lines = String::new();
        for unit in &self.units {
            let Some(node) = self.pipeline.node(unit.node) else { continue };
            for (index, (name, value)) in self.fields(unit, node).into_iter().enumerate() {
                for piece in [if index == 0 { "{\"" } else { ", \"" }, name, "\": ", &value] {
                    lines.push_str(piece);
                }
            }
            lines.push_str("}\n");
        }
        lines
    }

    /// What is told of a job, each under its name and in JSON.
    fn fields(&self, unit: &Unit, node: &Node) -> Vec<(&'static str, String)> {
        let stage = self.pipeline.stage_of(node).map(|stage| text(&stage.name)).unwrap_or_else(|| {
            self.internal(&node.origin, format!("`{}` is in no stage", node.name));
            text("")
        });
        let mut fields = vec![
            ("place", node.id.0.to_string()),
            ("job", text(&unit.id)),
            ("name", text(&self.job_name(unit, node))),
            ("node", text(&node.name)),
            ("stage", stage),
        ];
        match &node.kind {
            NodeKind::Gate(gate) => {
                fields.extend([
                    ("kind", text("gate")),
                    ("evidence", text(&gate.evidence.name)),
                    ("of", list(&gate.of)),
                ]);
                fields.extend(node.advisory().map(|_| ("advisory", "true".to_owned())));
                fields.extend(self.override_of(unit).map(|id| ("override", text(&id))));
            }
            NodeKind::Artefact(artefact) => {
                fields.extend([("kind", text("artefact")), ("type", text(artefact.ty.word()))]);
            }
            NodeKind::Deploy(deploy) => {
                fields.extend([
                    ("kind", text("deploy")),
                    ("environment", text(&deploy.environment)),
                    ("artefacts", list(&deploy.artefacts)),
                ]);
                fields.extend(deploy.irreversible().map(|(because, _)| ("irreversible", text(because))));
            }
            NodeKind::Job => fields.push(("kind", text("job"))),
        }
        fields
    }
}

/// A text in JSON, as which every text can be written.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

/// A list of texts in JSON.
fn list(texts: &[String]) -> String {
    Value::from(texts).to_string()
}
