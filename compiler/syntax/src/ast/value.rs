//! Conditions, calls, expressions, strings and literals.

use super::{Name, Path, Ref};
use pipec_base::{Span, Spanned};

/// The condition of a stage.
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
        /// The range of the whole condition.
        span: Span,
    },
    /// `fork`
    Fork(Span),
    /// A condition that can't be parsed.
    Error(Span),
}

impl Condition {
    /// Its range.
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

/// A call: `rust.test(coverage: 80%)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The called name.
    pub function: Path,
    /// Its arguments, by name.
    pub arguments: Vec<(Name, Expression)>,
    /// The range of the whole call.
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
    /// An expression that can't be parsed.
    Error(Span),
}

impl Expression {
    /// Its range.
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

/// A string. `"…"` and `"""…"""` have at most one verbatim piece, `$"…"` any number of pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct StringLiteral {
    /// Its form.
    pub form: StringForm,
    /// Its pieces.
    pub pieces: Vec<StringPiece>,
    /// The range with the quotes.
    pub span: Span,
}

impl StringLiteral {
    /// Its value, if it has no interpolation.
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

/// The form of a string.
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
    /// Text, with its escapes replaced.
    Verbatim(String),
    /// `{expr}`
    Interpolated(Expression),
}

/// A literal. Strings are included, because some clauses accept any literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `42`
    Integer(u64),
    /// `0.82`, as written, because decimals are exact.
    Decimal(String),
    /// `10m`
    Duration(Duration),
    /// `80%`, without the sign.
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

/// A duration in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    /// The duration in milliseconds.
    pub milliseconds: u64,
    /// The number in its unit.
    pub count: u64,
    /// The unit in the source.
    pub unit: &'static str,
}

/// An amount of data in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// The amount in bytes.
    pub bytes: u64,
    /// The number in its unit.
    pub count: u64,
    /// The unit in the source.
    pub unit: &'static str,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// The hour, 0 to 24.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
}

/// A day of the Gregorian calendar. Dates are ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year, with four digits.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day, 1 to 31.
    pub day: u8,
}
