//! GitHub's expressions, as far as the emitter needs them.

use rustc_hash::{FxBuildHasher, FxHashSet};
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::hash::BuildHasher as _;

/// A boolean expression; built by the functions here, which decide what is decided already.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Expression {
    /// Known now.
    Constant(bool),
    /// A comparison of an operand with a string.
    Compare {
        /// Such as `github.event_name`.
        left: Cow<'static, str>,
        /// Whether it must be equal; else different.
        equal: bool,
        /// A string, unquoted.
        right: Cow<'static, str>,
    },
    /// Any other operand or call that yields a boolean.
    Raw(Cow<'static, str>),
    /// It does not hold.
    Not(Box<Expression>),
    /// All hold; at least two.
    All(Vec<Expression>),
    /// Some hold; at least two.
    Any(Vec<Expression>),
}

impl Expression {
    /// `left == 'right'`
    pub(crate) fn equals(
        left: impl Into<Cow<'static, str>>,
        right: impl Into<Cow<'static, str>>,
    ) -> Expression {
        Expression::Compare { left: left.into(), equal: true, right: right.into() }
    }

    /// An operand or call.
    pub(crate) fn raw(text: impl Into<Cow<'static, str>>) -> Expression {
        Expression::Raw(text.into())
    }

    /// All of them.
    pub(crate) fn all(parts: impl IntoIterator<Item = Expression>) -> Expression {
        let mut kept = Distinct::default();
        for part in parts {
            match part {
                Expression::Constant(true) => {}
                Expression::Constant(false) => return part,
                Expression::All(inner) => inner.into_iter().for_each(|part| kept.add(part)),
                part => kept.add(part),
            }
        }
        kept.one_or(Expression::Constant(true), Expression::All)
    }

    /// Some of them.
    pub(crate) fn any(parts: impl IntoIterator<Item = Expression>) -> Expression {
        let mut kept = Distinct::default();
        for part in parts {
            match part {
                Expression::Constant(false) => {}
                Expression::Constant(true) => return part,
                Expression::Any(inner) => inner.into_iter().for_each(|part| kept.add(part)),
                part => kept.add(part),
            }
        }
        kept.one_or(Expression::Constant(false), Expression::Any)
    }

    /// Its opposite.
    pub(crate) fn negated(self) -> Expression {
        match self {
            Expression::Constant(value) => Expression::Constant(!value),
            Expression::Compare { left, equal, right } => Expression::Compare { left, equal: !equal, right },
            Expression::Not(inner) => *inner,
            Expression::All(parts) if parts.iter().all(Expression::is_comparison) => {
                Expression::any(parts.into_iter().map(Expression::negated))
            }
            Expression::Any(parts) if parts.iter().all(Expression::is_comparison) => {
                Expression::all(parts.into_iter().map(Expression::negated))
            }
            other => Expression::Not(Box::new(other)),
        }
    }

    /// The number of its levels for GitHub.
    ///
    /// The whole is one level. Parentheses and the arguments of a call add one each.
    pub(crate) fn depth(&self) -> usize {
        let deepest = |parts: &[Expression], in_parentheses: fn(&Expression) -> bool| {
            let depth = |part: &Expression| part.depth() + usize::from(in_parentheses(part));
            parts.iter().map(depth).max().unwrap_or(1)
        };
        match self {
            Expression::Constant(_) | Expression::Compare { .. } => 1,
            Expression::Raw(_) => 2,
            Expression::Not(inner) => inner.depth() + usize::from(!matches!(**inner, Expression::Raw(_))),
            Expression::All(parts) => deepest(parts, |part| matches!(part, Expression::Any(_))),
            Expression::Any(parts) => deepest(parts, |part| matches!(part, Expression::All(_))),
        }
    }

    /// The most bytes of its text.
    pub(crate) fn most_bytes(&self) -> usize {
        let of_all = |parts: &[Expression]| parts.iter().map(|part| part.most_bytes() + "() && ".len()).sum();
        match self {
            Expression::Constant(_) => "false".len(),
            // A quote in the string is written twice.
            Expression::Compare { left, right, .. } => left.len() + " == ''".len() + 2 * right.len(),
            Expression::Raw(text) => text.len(),
            Expression::Not(inner) => inner.most_bytes() + "!()".len(),
            Expression::All(parts) | Expression::Any(parts) => of_all(parts),
        }
    }

    /// Its text, with a line for each of its terms.
    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms(self)
    }

    fn is_comparison(&self) -> bool {
        matches!(self, Expression::Compare { .. })
    }
}

/// Parts of an expression, each once.
#[derive(Default)]
struct Distinct {
    parts: Vec<Expression>,
    /// The hashes of the parts. A deploy may wait for hundreds of jobs.
    hashes: FxHashSet<u64>,
}

impl Distinct {
    fn add(&mut self, part: Expression) {
        if self.hashes.insert(FxBuildHasher.hash_one(&part)) || !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// The parts as one expression. It is `none` without parts, and a single part stays itself.
    fn one_or(self, none: Expression, several: fn(Vec<Expression>) -> Expression) -> Expression {
        let mut parts = self.parts;
        match parts.len() {
            0 => none,
            1 => parts.pop().unwrap_or(none),
            _ => several(parts),
        }
    }
}

/// A string literal of GitHub's expressions.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Constant(value) => f.write_str(if *value { "true" } else { "false" }),
            Expression::Compare { left, equal, right } => {
                f.write_str(left)?;
                f.write_str(if *equal { " == '" } else { " != '" })?;
                for (index, piece) in right.split('\'').enumerate() {
                    f.write_str(if index == 0 { "" } else { "''" })?;
                    f.write_str(piece)?;
                }
                f.write_char('\'')
            }
            Expression::Raw(text) => f.write_str(text),
            Expression::Not(inner) => {
                f.write_char('!')?;
                in_parentheses(inner, !matches!(**inner, Expression::Raw(_)), f)
            }
            Expression::All(parts) => joined(parts, " && ", |part| matches!(part, Expression::Any(_)), f),
            Expression::Any(parts) => joined(parts, " || ", |part| matches!(part, Expression::All(_)), f),
        }
    }
}

/// An expression as text, with a line for each of its terms.
pub(crate) struct Terms<'e>(&'e Expression);

impl fmt::Display for Terms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expression::All(parts) => joined(parts, "\n&& ", |part| matches!(part, Expression::Any(_)), f),
            Expression::Any(parts) => joined(parts, "\n|| ", |part| matches!(part, Expression::All(_)), f),
            other => fmt::Display::fmt(other, f),
        }
    }
}

/// Writes parts with a sign between them, in parentheses where the sign would bind otherwise.
fn joined(
    parts: &[Expression],
    sign: &str,
    needs_parentheses: impl Fn(&Expression) -> bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { sign })?;
        in_parentheses(part, needs_parentheses(part), f)?;
    }
    Ok(())
}

/// Writes an expression, in parentheses if it needs them.
fn in_parentheses(
    expression: &Expression,
    needs_parentheses: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if !needs_parentheses {
        return fmt::Display::fmt(expression, f);
    }
    f.write_char('(')?;
    fmt::Display::fmt(expression, f)?;
    f.write_char(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_leaves_no_trace() {
        let push = || Expression::equals("github.event_name", "push");
        assert_eq!(Expression::all([Expression::Constant(true), push()]), push());
        assert_eq!(Expression::any([Expression::Constant(true), push()]), Expression::Constant(true));
        assert_eq!(push().negated().to_string(), "github.event_name != 'push'");
        assert_eq!(Expression::all([push(), push()]), push());
        let both = Expression::all([push(), Expression::equals("a", "b")]);
        assert_eq!(both.negated().to_string(), "github.event_name != 'push' || a != 'b'");
    }

    #[test]
    fn parentheses_keep_the_binding() {
        let a = || Expression::raw("a");
        let b = || Expression::equals("b", "it's");
        let mixed = Expression::all([a(), Expression::any([a(), b()])]);
        assert_eq!(mixed.to_string(), "a && (a || b == 'it''s')");
        assert_eq!(mixed.clone().negated().to_string(), "!(a && (a || b == 'it''s'))");
        for expression in [a(), b(), mixed.clone(), mixed.negated(), Expression::Constant(false)] {
            assert!(expression.to_string().len() <= expression.most_bytes(), "{expression}");
        }
    }
}
