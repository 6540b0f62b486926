//! Expressions in a leg: its values replace `matrix`.
//!
//! In the leg `linux`, `${{ matrix.leg == 'linux' && steps.record.outputs.digest || '' }}` is
//! `steps.record.outputs.digest || ''`.

use super::{Comparison, Expression};
use crate::read::scalar::{number_text, same_ignoring_case};
use std::rc::Rc;

/// An expression with the values of a leg in place of `matrix`. Parts that they decide are evaluated.
pub(crate) fn settled(expression: &Expression, known: &[(String, Expression)]) -> Expression {
    if let Some(path) = expression.path()
        && let [root, rest @ ..] = path.as_slice()
        && root == "matrix"
        && !rest.is_empty()
        && !rest.iter().any(|name| name == "*")
    {
        let name = rest.join(".").to_ascii_lowercase();
        let value = known.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        return value.unwrap_or(Expression::Null);
    }
    let each = |parts: &[Expression]| parts.iter().map(|part| settled(part, known)).collect::<Vec<_>>();
    let shared = |part: &Expression| Rc::new(settled(part, known));
    match expression {
        Expression::And(parts) => chained(each(parts), true),
        Expression::Or(parts) => chained(each(parts), false),
        Expression::Not(part) => match settled(part, known) {
            part if truth(&part).is_some() => Expression::Bool(truth(&part) == Some(false)),
            part => Expression::Not(Rc::new(part)),
        },
        Expression::Compare(comparison, left, right) => {
            let (left, right) = (shared(left), shared(right));
            match (comparison, left.as_ref(), right.as_ref()) {
                (Comparison::Equal, Expression::Text(left), Expression::Text(right)) => {
                    Expression::Bool(same_ignoring_case(left, right))
                }
                (Comparison::NotEqual, Expression::Text(left), Expression::Text(right)) => {
                    Expression::Bool(!same_ignoring_case(left, right))
                }
                _ => Expression::Compare(*comparison, left, right),
            }
        }
        Expression::Call(name, arguments) => Expression::Call(name, each(arguments)),
        Expression::Index(of, index) => Expression::Index(shared(of), index.as_deref().map(shared)),
        other => other.clone(),
    }
}

/// Combines the parts of `a && b`: `b` if `a` is truthy, else `a`. In `a || b`, the condition is reversed.
pub(crate) fn chained(parts: Vec<Expression>, go_on_if: bool) -> Expression {
    let mut kept = Vec::new();
    let last = parts.len().saturating_sub(1);
    for (place, part) in parts.into_iter().enumerate() {
        match truth(&part) {
            Some(truth) if truth == go_on_if && place < last => {}
            Some(_) => {
                kept.push(part);
                break;
            }
            None => kept.push(part),
        }
    }
    match (kept.pop(), kept.is_empty(), go_on_if) {
        (Some(only), true, _) => only,
        (Some(end), false, true) => Expression::And(kept.into_iter().chain([end]).collect()),
        (Some(end), false, false) => Expression::Or(kept.into_iter().chain([end]).collect()),
        (None, ..) => Expression::Null,
    }
}

/// Whether a constant is truthy. `None` for other expressions.
pub(crate) fn truth(expression: &Expression) -> Option<bool> {
    match expression {
        Expression::Null => Some(false),
        Expression::Bool(value) => Some(*value),
        Expression::Number(number) => Some(*number != 0.0 && !number.is_nan()),
        Expression::Text(text) => Some(!text.is_empty()),
        _ => None,
    }
}

/// The text of a constant inside another text, as GitHub writes it.
pub(crate) fn as_text(constant: &Expression) -> String {
    match constant {
        Expression::Text(text) => text.clone(),
        Expression::Bool(value) => value.to_string(),
        Expression::Number(number) => number_text(*number),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::expression::parse;

    #[test]
    fn trap_06_a_condition_that_is_empty_in_a_leg_stays_a_condition() {
        let leg = [("leg".to_owned(), Expression::Text("linux".to_owned()))];
        assert_eq!(settled(&parse("matrix.none").unwrap(), &leg), Expression::Null);
        let condition =
            Expression::And(vec![Expression::Call("success", Vec::new()), parse("matrix.none").unwrap()]);
        let wanted = Expression::And(vec![Expression::Call("success", Vec::new()), Expression::Null]);
        assert_eq!(settled(&condition, &leg), wanted);
    }
}
