//! The possible values of an expression.
//!
//! Each value has the proposition under which the expression takes it. For example, `github.ref` is `refs/heads/`
//! followed by the branch on a push, and `refs/tags/` followed by the tag on a tag.

use pipec_logic::Proposition;
use pipec_model::Axis;

/// A string that may be partly known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Words {
    /// Exactly this text.
    Exact(String),
    /// This prefix followed by the name of the run's branch or tag.
    Name { before: String, axis: Axis },
    /// This prefix followed by an unknown, nonempty string.
    Begins(String),
    /// An opaque string. It equals only the string with the same number, and no literal.
    Unlike(usize),
    /// The value of an input of a manual run.
    Input(String),
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    Null,
    Bool(bool),
    Number(f64),
    Text(Words),
    List(Vec<Cases>),
    /// An unknown value. The text distinguishes it from other unknown values.
    Unknown(String),
}

impl Datum {
    /// An exact string.
    pub(crate) fn exact(text: impl Into<String>) -> Datum {
        Datum::Text(Words::Exact(text.into()))
    }
}

/// The possible values of an expression. Their propositions exclude each other and cover all runs.
pub(crate) type Cases = Vec<(Proposition, Datum)>;
