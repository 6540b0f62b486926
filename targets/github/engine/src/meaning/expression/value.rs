//! What an expression may be worth: every value it can take, each with the proposition under which it takes it.

use pipec_logic::Proposition;
use pipec_model::Axis;

/// A string that is known more or less.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Words {
    /// Exactly this.
    Exact(String),
    /// This, then the name of the run's branch or tag.
    Name { before: String, axis: Axis },
    /// This, then something that nothing is known of but that it is not empty.
    Begins(String),
    /// A string that equals no other but that of the same number, and no literal.
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
    /// Anything: the text tells it apart from other unknown values.
    Unknown(String),
}

impl Datum {
    /// An exact string.
    pub(crate) fn exact(text: impl Into<String>) -> Datum {
        Datum::Text(Words::Exact(text.into()))
    }
}

/// The values something can take; the propositions exclude each other and leave nothing out.
pub(crate) type Cases = Vec<(Proposition, Datum)>;
