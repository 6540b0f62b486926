//! Measures: each report is checked once after the scripts of each run.
//!
//! The check has all expectations of the source.
//!
//! ```yaml
//! - name: Measure load.json      # measure "load.json" { expect p95 < 300ms }
//!   env:
//!     FILE: load.json
//!     EXPECTATIONS: |
//!       {"key": "p95", "is": "<", "number": "3000", "unit": "ms"}
//! # 3000 is not 300, a finding: "it does not judge its reports as the source says"
//! ```

use super::acting::Act;
use super::{Check, Kind};
use pipec_ir::{Basis, Measure, Node, Operator, Threshold};
use pipec_model::Step;
use pipec_runtime::Script;
use serde_json::Value;

impl Check<'_, '_, '_> {
    /// Proves that each run has all scripts and then each measure. A measure has its file and all its expectations.
    pub(super) fn measures(&mut self, kinds: &[Kind]) {
        let measures = &self.node.body.measures;
        let times = self.node.quorum().map_or(1, |quorum| quorum.times);
        let scripts = self.node.body.steps.len();
        let mut steps = kinds.iter().zip(self.steps()).filter(|(kind, _)| kind.decides());
        let mut wrong: Vec<usize> = Vec::new();
        if !measures.is_empty() {
            for run in 1..=times {
                let of_run = self.node.quorum().map(|_| run.to_string());
                let all_scripts = steps.by_ref().take(scripts);
                wrong.extend(
                    all_scripts
                        .filter(|(kind, _)| !matches!(kind, Kind::Script(_)))
                        .map(|(_, step)| step.line),
                );
                for measure in measures {
                    match steps.next() {
                        Some((Kind::Runtime(Script::Measure), step))
                            if judges(step, measure, of_run.as_ref()) => {}
                        Some((_, step)) => wrong.push(step.line),
                        None => wrong.push(self.job.line),
                    }
                }
            }
        }
        let nobody_asked = steps.filter(|(kind, _)| **kind == Kind::Runtime(Script::Measure));
        wrong.extend(nobody_asked.map(|(_, step)| step.line));
        for line in wrong {
            self.differs("it does not judge its reports as the source says", line);
        }
    }
}

/// Whether the deciding step at an index is the first of a run.
pub(super) fn begins_run(node: &Node, acts: &[Act<'_>], kinds: &[Kind], place: usize) -> bool {
    match kinds.get(place) {
        Some(Kind::Script(script)) => acts.get(*script).is_none_or(|act| act.is_first),
        // Without a script, each run begins with the first measure.
        Some(Kind::Runtime(Script::Measure)) => {
            let before = kinds.iter().take(place).filter(|kind| **kind == Kind::Runtime(Script::Measure));
            let measures = node.body.measures.len().max(1);
            node.body.steps.is_empty() && before.count().is_multiple_of(measures)
        }
        _ => false,
    }
}

/// Whether a step checks a report against all expectations of the source, in their order.
fn judges(step: &Step, measure: &Measure, run: Option<&String>) -> bool {
    let lines = step.env_literal("EXPECTATIONS").unwrap_or_default();
    let written: Option<Vec<Value>> = lines.lines().map(|line| serde_json::from_str(line).ok()).collect();
    let wanted: Vec<Value> = measure
        .expectations
        .iter()
        .map(|row| {
            let is = match row.operator {
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Equal => "==",
                Operator::NotEqual => "!=",
                Operator::GreaterOrEqual => ">=",
                Operator::Greater => ">",
            };
            let mut fields = vec![("key", row.key.as_str()), ("is", is)];
            match &row.threshold {
                Threshold::Number(number) => fields.push(("number", number)),
                Threshold::Quantity(number, unit) => {
                    fields.extend([("number", number.as_str()), ("unit", unit)])
                }
                Threshold::Text(text) => fields.push(("text", text)),
            }
            Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
        })
        .collect();
    let is_plain = measure.expectations.iter().all(|row| row.basis == Basis::Value);
    let of_run = match run {
        Some(run) => step.env_literal("RUN") == Some(run),
        None => step.env("RUN").is_none(),
    };
    !wanted.is_empty()
        && is_plain
        && written.as_ref() == Some(&wanted)
        && step.env_literal("FILE") == Some(&measure.file)
        && of_run
}
