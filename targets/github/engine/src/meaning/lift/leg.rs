//! The legs of a job with a `strategy`.
//!
//! GitHub makes one job of each, with its values in place of `matrix`. For example, `matrix: {os: [linux, mac]}` gives
//! two legs, and `${{ matrix.os }}` is `linux` in the first.

use super::step::{Lifted, given};
use super::value::Lifter;
use crate::read::expression::{Expression, as_text};
use crate::read::scalar::same_ignoring_case;
use crate::read::workflow::{Job, expression};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::Pins;
use pipec_model::Finding;
use pipec_model::{Leg, Legs, ListedBy, Value as Lift};
use std::cell::RefCell;

/// The most legs that GitHub makes of one job.
const MOST: usize = 256;

/// The values of `matrix` in a leg. The key is the path after `matrix.`, in lower case, and the value a constant.
type Matrix = Vec<(String, Expression)>;

/// Lifts the legs of a job, and adds the conditions of their steps to `conditions`. Actions must be pinned in the catalogue or
/// in `lock`.
pub(super) fn legs(
    job: &Job,
    lock: &Pins,
    expressions: &RefCell<Vec<Expression>>,
    conditions: &mut Vec<Option<Expression>>,
    findings: &mut Vec<Finding>,
) -> Legs {
    let strategy = job.node.get("strategy");
    let emitted = match strategy {
        None => Some(vec![Matrix::new()]),
        Some(strategy) => emitted(strategy),
    };
    let is_unknown = emitted.is_none();
    let emitted = emitted.unwrap_or_default();
    if emitted.is_empty() && !is_unknown || emitted.len() > MOST {
        findings.push(Finding::of_job(&job.id, "GitHub makes no legs of it, or not all", job.line));
    }
    // If the matrix is computed in the run, its values are unknown, and so is the number of legs.
    let unknown_leg = [Matrix::new()];
    let matrices = if is_unknown { unknown_leg.as_slice() } else { emitted.as_slice() };
    let mut legs = Legs {
        all: Vec::with_capacity(matrices.len()),
        is_split: strategy.is_some(),
        is_unknown,
        listed_by: strategy.and_then(listed_by),
        // A leg that GitHub cancels because another failed is no leg that was run (trap 7).
        stop_each_other: strategy.is_some_and(|strategy| {
            strategy.get("fail-fast").map(|node| &node.value) != Some(&Value::Bool(false))
        }),
    };
    for (place, matrix) in matrices.iter().enumerate() {
        let (leg, of_steps) = leg(job, matrix, lock, expressions, conditions);
        legs.all.push(leg);
        // The legs of a job are alike, so a finding in the first is reported once.
        if place == 0 {
            findings.extend(of_steps);
        }
    }
    legs
}

/// Lifts one leg.
fn leg(
    job: &Job,
    matrix: &[(String, Expression)],
    lock: &Pins,
    expressions: &RefCell<Vec<Expression>>,
    conditions: &mut Vec<Option<Expression>>,
) -> (Leg, Vec<Finding>) {
    let lifter = Lifter { matrix, in_container: job.node.get("container").is_some(), expressions };
    let mut steps = Lifted { lifter: &lifter, lock, conditions, findings: Vec::new() };
    let value = |node: Option<&Yaml>| node.map(|node| lifter.value(node));
    let image = job.node.get("container").filter(|given| given.entries().len() == 1);
    let leg = Leg {
        values: matrix.iter().map(|(name, constant)| (name.clone(), as_text(constant))).collect(),
        shown_as: value(job.node.get("name")).unwrap_or_else(|| Lift::literal(&job.id)),
        machine: value(job.node.get("runs-on")).unwrap_or_default(),
        image: value(image.and_then(|container| container.get("image"))),
        outputs: given(job.node.get("outputs"), &lifter),
        variables: given(job.node.get("env"), &lifter),
        steps: job.steps.iter().map(|step| steps.step(job, step)).collect(),
    };
    (leg, steps.findings)
}

/// The legs that GitHub makes of a `strategy`. `None` if the model does not know them.
fn emitted(strategy: &Yaml) -> Option<Vec<Matrix>> {
    if strategy.entries().iter().any(|(key, _)| !matches!(key.as_str(), "fail-fast" | "matrix")) {
        return None;
    }
    let matrix = strategy.get("matrix")?;
    if let [(key, legs)] = matrix.entries()
        && key == "include"
    {
        let Value::List(legs) = &legs.value else { return None };
        return legs.iter().map(listed).collect();
    }
    let mut legs: Vec<Matrix> = vec![Matrix::new()];
    for (axis, values) in matrix.entries() {
        // GitHub applies both to the product of the axes, and `exclude` may leave no leg (trap 8).
        if same_ignoring_case(axis, "include") || same_ignoring_case(axis, "exclude") {
            return None;
        }
        let Value::List(values) = &values.value else { return None };
        let values: Vec<Expression> = values.iter().map(constant).collect::<Option<_>>()?;
        legs = legs
            .into_iter()
            .flat_map(|leg| {
                values.iter().map(move |value| {
                    let own = (axis.to_ascii_lowercase(), value.clone());
                    leg.iter().cloned().chain([own]).collect()
                })
            })
            .collect();
    }
    (!matrix.entries().is_empty()).then_some(legs)
}

/// The output of an earlier job that is the only axis of the matrix.
fn listed_by(strategy: &Yaml) -> Option<ListedBy> {
    if strategy.entries().iter().any(|(key, _)| !matches!(key.as_str(), "fail-fast" | "matrix")) {
        return None;
    }
    let [(axis, list)] = strategy.get("matrix")?.entries() else { return None };
    if same_ignoring_case(axis, "include") || same_ignoring_case(axis, "exclude") {
        return None;
    }
    let Expression::Call("fromjson", arguments) = expression(list)? else { return None };
    let [argument] = arguments.as_slice() else { return None };
    match argument.words()?.as_slice() {
        ["needs", job, "outputs", output] => {
            Some(ListedBy { value: axis.to_string(), job: (*job).to_owned(), output: (*output).to_owned() })
        }
        _ => None,
    }
}

fn listed(leg: &Yaml) -> Option<Matrix> {
    let mut values = Matrix::new();
    for (key, value) in leg.entries() {
        let key = key.to_ascii_lowercase();
        if let Value::Map(inner) = &value.value {
            for (name, value) in inner.iter() {
                values.push((format!("{key}.{}", name.to_ascii_lowercase()), constant(value)?));
            }
        } else {
            values.push((key, constant(value)?));
        }
    }
    (!values.is_empty()).then_some(values)
}

/// The value of a scalar without expressions.
fn constant(node: &Yaml) -> Option<Expression> {
    match &node.value {
        Value::Text(text) => Some(Expression::Text(text.literal()?.into_owned())),
        Value::Number(number, _) => Some(Expression::Number(*number)),
        Value::Bool(value) => Some(Expression::Bool(*value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_08_what_may_leave_no_leg_is_not_interpreted() {
        let legs = |text: &str| emitted(&crate::read::yaml::read(text).unwrap());
        assert_eq!(legs("matrix:\n  a: [1, 2]\n  b: [x]\n").unwrap().len(), 2);
        assert_eq!(legs("matrix:\n  a: []\n").unwrap().len(), 0);
        assert_eq!(legs("matrix: ${{ fromJSON('{}') }}\n"), None);
        assert_eq!(legs("matrix:\n  a: [1]\n  exclude:\n    - a: 1\n"), None);
        assert_eq!(legs("max-parallel: 1\nmatrix:\n  a: [1]\n"), None);
    }
}
