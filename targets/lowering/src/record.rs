//! The record: the last job writes what the run did.
//!
//! The job gets a line of JSON for each job of a node:
//!
//! ```text
//! {"job": "unit", "stage": "commit", "kind": "gate", "evidence": "test"}
//! {"job": "deploy-app-to-staging", "name": "deploy app to staging", "stage": "release", "kind": "deploy", …}
//! ```
//!
//! The name of the job and the node are given if they differ from the id of the job.

use crate::passes::Passes;
use crate::units::{Runs, Unit};
use crate::{names, overrides};
use pipec_ir::{Node, NodeKind};
use serde_json::Value;
use std::fmt::Write as _;

impl Passes<'_, '_> {
    /// The lines that describe the jobs of nodes.
    pub(crate) fn record_lines(&self) -> String {
        let mut lines = String::new();
        for unit in self.units {
            let Some(node) = self.source.pipeline.node(unit.node) else { continue };
            for (index, (name, value)) in self.fields(unit, node).into_iter().enumerate() {
                let before = if index == 0 { "{" } else { ", " };
                // Writing to a string never fails.
                let _ = write!(lines, "{before}\"{name}\": {value}");
            }
            lines.push_str("}\n");
        }
        lines.pop();
        lines
    }

    /// The record's fields for a job.
    fn fields(&self, unit: &Unit, node: &Node) -> Vec<(&'static str, Value)> {
        let stage = self.source.pipeline.stage_of(node).map(|stage| stage.name.as_str());
        let unlike_job =
            |field: &'static str, value: &str| (value != &*unit.id).then(|| (field, Value::from(value)));
        let mut fields = vec![("job", Value::from(&*unit.id))];
        fields.extend(unlike_job("name", &names::of(unit, node)));
        fields.extend(unlike_job("node", &node.name));
        fields.push(("stage", Value::from(stage)));
        match &node.kind {
            NodeKind::Gate(gate) => {
                fields.extend([
                    ("kind", Value::from("gate")),
                    ("evidence", Value::from(gate.evidence.name.as_str())),
                ]);
                fields.extend((!gate.of.is_empty()).then(|| ("of", Value::from(&*gate.of))));
                fields.extend(node.advisory().map(|_| ("advisory", true.into())));
                let asked = node.overriding().filter(|_| unit.runs != Runs::Untrusted);
                fields.extend(asked.map(|_| ("override", Value::from(overrides::job_name(node)))));
            }
            NodeKind::Artefact(artefact) => {
                fields.extend([("kind", Value::from("artefact")), ("type", Value::from(artefact.ty.word()))]);
            }
            NodeKind::Deploy(deploy) => {
                fields.extend([
                    ("kind", Value::from("deploy")),
                    ("environment", Value::from(deploy.environment.as_str())),
                    ("artefacts", Value::from(&*deploy.artefacts)),
                ]);
                fields
                    .extend(deploy.irreversible().map(|(because, _)| ("irreversible", Value::from(because))));
            }
            NodeKind::Job => fields.push(("kind", Value::from("job"))),
        }
        fields.extend(self.source.pipeline.is_afterwards(node).then(|| ("finally", true.into())));
        fields
    }
}
