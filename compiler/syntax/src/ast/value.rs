//! Conditions, calls, expressions, strings and literals.

use super::{Name, Path, Ref};
use pipec_base::{Span, Spanned};

/// When a stage is in a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `A or B`
    Or(Vec<Condition>),
    /// `A and B`
    And(Vec<Condition>),
    /// `not A`
    Not(Box<Condition>, Span),
    /// `event is push`
    Event(Name, Span),
    /// `branch is main`
    Branch(Ref, Span),
    /// `tag is "v*"`
    Tag(Ref, Span),
    /// `changed schema, "db/**"`
    Changed(Vec<Ref>, Span),
    /// `input NAME is value`
    Input {
        /// The input.
        name: Name,
        /// The value.
        value: Spanned<Literal>,
        /// All of it.
        span: Span,
    },
    /// `fork`
    Fork(Span),
    /// Could not be read.
    Error(Span),
}

impl Condition {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Condition::Or(parts) | Condition::And(parts) => {
                parts.iter().map(Condition::span).reduce(Span::to).unwrap_or_default()
            }
            Condition::Not(_, span)
            | Condition::Event(_, span)
            | Condition::Branch(_, span)
            | Condition::Tag(_, span)
            | Condition::Input { span, .. }
            | Condition::Changed(_, span)
            | Condition::Fork(span)
            | Condition::Error(span) => *span,
        }
    }
}

/// `rust.test(coverage: 80%)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called.
    pub function: Path,
    /// Its arguments, by name.
    pub arguments: Vec<(Name, Expression)>,
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A literal other than a string.
    Literal(Spanned<Literal>),
    /// A string in any of its three forms.
    String(StringLiteral),
    /// `staging.url`
    Path(Path),
    /// `f(…)`
    Call(Call),
    /// `[a, b]`
    List(Vec<Expression>, Span),
    /// Could not be read.
    Error(Span),
}

impl Expression {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Expression::Literal(literal) => literal.span,
            Expression::String(string) => string.span,
            Expression::Path(path) => path.span,
            Expression::Call(call) => call.span,
            Expression::List(_, span) | Expression::Error(span) => *span,
        }
    }
}

/// A string: `"…"` and `"""…"""` have one verbatim piece (or none), `$"…"` any number.
#[derive(Clone, Debug, PartialEq)]
pub struct StringLiteral {
    /// How it was written.
    pub form: StringForm,
    /// Its pieces.
    pub pieces: Vec<StringPiece>,
    /// Quotes included.
    pub span: Span,
}

impl StringLiteral {
    /// Its value, if nothing is interpolated.
    pub fn verbatim(&self) -> Option<String> {
        self.pieces
            .iter()
            .map(|piece| match piece {
                StringPiece::Verbatim(text) => Some(text.as_str()),
                StringPiece::Interpolated(_) => None,
            })
            .collect()
    }
}

/// How a string was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringForm {
    /// `"…"`
    Plain,
    /// `"""…"""`
    Raw,
    /// `$"…"`
    Interpolated,
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq)]
pub enum StringPiece {
    /// Text, escapes replaced.
    Verbatim(String),
    /// `{expr}`
    Interpolated(Expression),
}

/// A literal, strings included where the grammar asks for any literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `42`
    Integer(u64),
    /// `0.82`, as written: decimals are exact
    Decimal(String),
    /// `10m`
    Duration(Duration),
    /// `80%`, without the sign
    Percent(String),
    /// `2GiB`
    Size(Size),
    /// `08:00`
    Time(Time),
    /// `2027-01-31`
    Date(Date),
    /// `true`
    Boolean(bool),
    /// `"…"`
    String(String),
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    /// How many.
    pub milliseconds: u64,
    /// How many of its unit.
    pub count: u64,
    /// The unit it was written in.
    pub unit: &'static str,
}

/// An amount of data in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// How many.
    pub bytes: u64,
    /// How many of its unit.
    pub count: u64,
    /// The unit it was written in.
    pub unit: &'static str,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// 0 to 24.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// A day of the Gregorian calendar; ordered as days follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}
