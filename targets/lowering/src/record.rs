//! The record: the last job writes what the run did.
//!
//! The job gets a line of JSON for each job of a node:
//!
//! ```text
//! {"place": 0, "job": "unit", "name": "unit", "node": "unit", "stage": "commit", "kind": "gate", "evidence": "test", "of": []}
//! ```

use crate::passes::Passes;
use crate::units::{Runs, Unit};
use crate::{names, overrides};
use pipec_ir::{Node, NodeKind};

impl Passes<'_, '_> {
    /// The lines that describe the jobs of nodes.
    pub(crate) fn record_lines(&self) -> String {
        let mut lines = String::new();
        for unit in self.units {
            let Some(node) = self.source.pipeline.node(unit.node) else { continue };
            for (index, (name, value)) in self.fields(unit, node).into_iter().enumerate() {
                for piece in [if index == 0 { "{\"" } else { ", \"" }, name, "\": ", &value] {
                    lines.push_str(piece);
                }
            }
            lines.push_str("}\n");
        }
        lines
    }

    /// The record's fields for a job, each value in JSON.
    fn fields(&self, unit: &Unit, node: &Node) -> Vec<(&'static str, String)> {
        let stage = self.source.pipeline.stage_of(node).map_or("", |stage| stage.name.as_str());
        let mut fields = vec![
            ("place", node.id.0.to_string()),
            ("job", text(&unit.id)),
            ("name", text(&names::of(unit, node))),
            ("node", text(&node.name)),
            ("stage", text(stage)),
        ];
        match &node.kind {
            NodeKind::Gate(gate) => {
                fields.extend([
                    ("kind", text("gate")),
                    ("evidence", text(&gate.evidence.name)),
                    ("of", list(&gate.of)),
                ]);
                fields.extend(node.advisory().map(|_| ("advisory", "true".to_owned())));
                let asked = node.overriding().filter(|_| unit.runs != Runs::Untrusted);
                fields.extend(asked.map(|_| ("override", text(&overrides::job_name(node)))));
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

/// A text in JSON.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list of texts in JSON.
fn list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}
