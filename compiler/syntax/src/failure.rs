//! The error type of the grammar: where parsing stopped and what was expected there.
//!
//! While a clause parses well, it costs no more than an empty error type: a short list, rarely filled. So no second
//! pass with a richer type is needed.

use chumsky::DefaultExpected;
use chumsky::error::Error;
use chumsky::label::LabelError;
use chumsky::util::MaybeRef;
use pipec_base::{Diagnostic, Span};

use crate::lexeme::{Lexeme, Place, Stream};
use crate::token::Punctuation;

/// An expectation at the place where the grammar stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A keyword.
    Word(&'static str),
    Sign(Punctuation),
    /// A kind of thing, with its article: "a name".
    Thing(&'static str),
    /// A form that this version does not have. No message suggests it.
    Planned,
}

/// The place where a rule stopped.
pub(crate) struct Stop {
    pub at: Span,
    pub expected: Vec<Expected>,
}

#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The clause can't be parsed.
    Stopped { at: Span, expected: Vec<Expected> },
    /// The clause is parsed, but a part of it is wrong.
    Finding(Box<Diagnostic>),
}

impl Failure {
    fn expecting(expected: impl IntoIterator<Item = Expected>, at: Place) -> Failure {
        Failure::Stopped { at: at.0, expected: expected.into_iter().collect() }
    }
}

impl<'t> LabelError<'t, Stream<'t>, Expected> for Failure {
    fn expected_found<E: IntoIterator<Item = Expected>>(
        expected: E,
        _found: Option<MaybeRef<'t, Lexeme<'t>>>,
        span: Place,
    ) -> Failure {
        Failure::expecting(expected, span)
    }

    fn label_with(&mut self, label: Expected) {
        if let Failure::Stopped { expected, .. } = self {
            expected.clear();
            if label != Expected::Planned {
                expected.push(label);
            }
        }
    }
}

impl<'t> LabelError<'t, Stream<'t>, DefaultExpected<'t, Lexeme<'t>>> for Failure {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'t, Lexeme<'t>>>>(
        _expected: E,
        _found: Option<MaybeRef<'t, Lexeme<'t>>>,
        span: Place,
    ) -> Failure {
        Failure::expecting([], span)
    }
}

impl<'t> Error<'t, Stream<'t>> for Failure {
    fn merge(self, other: Failure) -> Failure {
        match (self, other) {
            (Failure::Stopped { at, mut expected }, Failure::Stopped { expected: others, .. }) => {
                for other in others {
                    if !expected.contains(&other) {
                        expected.push(other);
                    }
                }
                Failure::Stopped { at, expected }
            }
            (finding @ Failure::Finding(_), _) | (_, finding) => finding,
        }
    }
}
