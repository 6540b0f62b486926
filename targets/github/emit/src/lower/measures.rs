//! What a gate expects of reports: a step for each, behind the node's scripts.

use super::Lowering;
use crate::document::Step;
use crate::template::Template;
use pipec_ir::{Basis, Expectation, Measure, Node, Threshold};
use pipec_runtime::{Dialect, Script};
use serde_json::Value;

impl Lowering<'_> {
    /// The step of a measure; of a gate that is repeated, in one of its runs.
    pub(super) fn measure_step(&self, node: &Node, measure: &Measure, run: Option<(u64, u64)>) -> Step {
        let lines = measure.expectations.iter().map(line).collect::<String>();
        let of_run = run.map(|(run, runs)| format!(" (run {run} of {runs})")).unwrap_or_default();
        let mut step = Step::run(
            Template::text(format!("Measure {}{of_run}", measure.file)),
            Script::Measure.text(Dialect::GitHub),
        )
        .with_env("FILE", Template::text(measure.file.clone()))
        .with_env("EXPECTATIONS", Template::text(lines));
        if let Some((run, _)) = run {
            step = step.with_env("RUN", Template::text(run.to_string()));
        }
        step.directory = node.body.directory.as_ref().map(|(directory, _)| directory.clone());
        step
    }

    /// What no single value of a report can show is not built.
    pub(super) fn refuse_measures(&self, node: &Node) {
        let rows = node.body.measures.iter().flat_map(|measure| &measure.expectations);
        for row in rows {
            let what = match row.basis {
                Basis::Value => continue,
                Basis::Samples => "`samples … confidence`",
                Basis::Drop => "`drop … vs`",
            };
            self.refuse(what, &row.origin);
        }
    }
}

/// An expectation as a line of JSON.
fn line(row: &Expectation) -> String {
    let threshold = match &row.threshold {
        Threshold::Number(number) => vec![("number", number)],
        Threshold::Quantity(number, unit) => vec![("number", number), ("unit", unit)],
        Threshold::Text(text) => vec![("text", text)],
    };
    let fields = [("key", row.key.as_str()), ("is", row.operator.sign())];
    let threshold = threshold.into_iter().map(|(name, value)| (name, value.as_str()));
    let fields = fields
        .into_iter()
        .chain(threshold)
        .map(|(name, value)| format!("{}: {}", Value::from(name), Value::from(value)));
    format!("{{{}}}\n", fields.collect::<Vec<_>>().join(", "))
}
