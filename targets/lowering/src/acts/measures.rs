//! Measures: what a gate expects of reports. Each is an act after the node's scripts.
//!
//! For example, `measure "k6.json" { expect p95 <= 300ms }` becomes the fixed script `Measure` with
//!
//! ```text
//! FILE           k6.json
//! EXPECTATIONS   {"key": "p95", "is": "<=", "number": "300", "unit": "ms"}
//! ```

use super::{Act, directory};
use crate::value::Value;
use pipec_ir::{Expectation, Measure, Node, Threshold};
use pipec_runtime::Script;

/// The act of a measure. In a repeated gate, each run has its own.
pub(super) fn act<'p>(node: &'p Node, measure: &'p Measure, run: Option<(u64, u64)>) -> Act<'p> {
    let lines = measure.expectations.iter().map(line).collect::<String>();
    let of_run = run.map(|(run, runs)| format!(" (run {run} of {runs})")).unwrap_or_default();
    let parameters = [("FILE", Value::text(measure.file.as_str())), ("EXPECTATIONS", Value::text(lines))];
    let act = Act::fixed(format!("Measure {}{of_run}", measure.file), Script::Measure, parameters);
    let act = act.in_directory(directory(node));
    match run {
        Some((run, _)) => act.with("RUN", Value::text(run.to_string())),
        None => act,
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
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let fields =
        fields.into_iter().chain(threshold).map(|(name, value)| format!("{}: {}", json(name), json(value)));
    format!("{{{}}}\n", fields.collect::<Vec<_>>().join(", "))
}
