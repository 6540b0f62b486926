//! Values and their types (language reference, "Types and values").

use pipec_ir::{ArtefactType, Fact, Piece, Text, duration};
use pipec_syntax::ast;
use std::fmt;

/// The type of a parameter, an input or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Int,
    Decimal,
    Bool,
    Duration,
    Percent,
    Size,
    Path,
    Time,
    Date,
    Secret,
    List(Box<Type>),
    OneOf(Vec<String>),
    Artefact(ArtefactType),
    /// The type of a broken part. It fits everywhere.
    Unknown,
}

impl Type {
    /// An example value of the type, if there is one.
    pub(crate) fn example(&self) -> Option<&'static str> {
        Some(match self {
            Type::String | Type::Path => "between quotes: `\"…\"`",
            Type::Int => "as a whole number: `3`",
            Type::Decimal => "as a number: `0.5`",
            Type::Bool => "`true` or `false`",
            Type::Duration => "with its unit and without quotes: `10m`, `2h`",
            Type::Percent => "with its sign: `80%`",
            Type::Size => "with its unit: `2GiB`",
            Type::Time => "`08:00`",
            Type::Date => "`2027-01-31`",
            Type::List(_) => "between brackets: `[…, …]`",
            Type::OneOf(_) => "between quotes, as one of its words",
            Type::Secret | Type::Artefact(_) | Type::Unknown => return None,
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::String => f.write_str("string"),
            Type::Int => f.write_str("int"),
            Type::Decimal => f.write_str("decimal"),
            Type::Bool => f.write_str("bool"),
            Type::Duration => f.write_str("duration"),
            Type::Percent => f.write_str("percent"),
            Type::Size => f.write_str("size"),
            Type::Path => f.write_str("path"),
            Type::Time => f.write_str("time"),
            Type::Date => f.write_str("date"),
            Type::Secret => f.write_str("secret"),
            Type::List(element) => write!(f, "list<{element}>"),
            Type::OneOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                f.write_str(&words.join(" | "))
            }
            Type::Artefact(ty) => f.write_str(ty.word()),
            Type::Unknown => f.write_str("unknown"),
        }
    }
}

/// A value, as far as it is known before the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(Text),
    Int(u64),
    Decimal(String),
    Bool(bool),
    /// A duration in milliseconds.
    Duration(u64),
    /// A percentage without its sign.
    Percent(String),
    /// A size in bytes.
    Size(u64),
    Time(ast::Time),
    Date(ast::Date),
    List(Vec<Value>),
    /// A value known only in the run, with its type.
    Fact(Fact, Type),
    /// An artefact, by name.
    Artefact(String, ArtefactType),
    /// A secret, by name. Also the environment that holds it, if this is not the node's own.
    Secret {
        environment: Option<String>,
        variable: String,
    },
    /// The value of a broken part. It fits everywhere, and nothing is reported about it.
    Broken,
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Value {
        Value::Text(Text::literal(text))
    }

    pub(crate) fn of_literal(literal: &ast::Literal) -> Value {
        match literal {
            ast::Literal::Integer(number) => Value::Int(*number),
            ast::Literal::Decimal(number) => Value::Decimal(number.clone()),
            ast::Literal::Duration(duration) => Value::Duration(duration.milliseconds),
            ast::Literal::Percent(number) => Value::Percent(number.clone()),
            ast::Literal::Size(size) => Value::Size(size.bytes),
            ast::Literal::Time(time) => Value::Time(*time),
            ast::Literal::Date(date) => Value::Date(*date),
            ast::Literal::Boolean(value) => Value::Bool(*value),
            ast::Literal::String(text) => Value::text(text.clone()),
        }
    }

    /// The type of the value. A list has the type of its first element.
    pub(crate) fn type_of(&self) -> Type {
        match self {
            Value::Text(_) => Type::String,
            Value::Int(_) => Type::Int,
            Value::Decimal(_) => Type::Decimal,
            Value::Bool(_) => Type::Bool,
            Value::Duration(_) => Type::Duration,
            Value::Percent(_) => Type::Percent,
            Value::Size(_) => Type::Size,
            Value::Time(_) => Type::Time,
            Value::Date(_) => Type::Date,
            Value::List(elements) => {
                Type::List(Box::new(elements.first().map_or(Type::Unknown, Value::type_of)))
            }
            Value::Fact(_, ty) => ty.clone(),
            Value::Artefact(_, ty) => Type::Artefact(*ty),
            Value::Secret { .. } => Type::Secret,
            Value::Broken => Type::Unknown,
        }
    }

    /// Whether the value is allowed where `ty` is expected.
    pub(crate) fn fits(&self, ty: &Type) -> bool {
        match (self, ty) {
            (Value::Broken, _) | (_, Type::Unknown) => true,
            (Value::Text(_), Type::String | Type::Path) => true,
            (Value::Text(text), Type::OneOf(words)) => {
                text.as_literal().is_some_and(|text| words.iter().any(|word| word == text))
            }
            (Value::Fact(_, Type::String), Type::Path) => true,
            (Value::Int(_) | Value::Fact(_, Type::Int), Type::Decimal) => true,
            (Value::Fact(_, Type::OneOf(own)), Type::OneOf(words)) => {
                own.iter().all(|word| words.contains(word))
            }
            (Value::Fact(_, Type::OneOf(_)), Type::String | Type::Path) => true,
            (Value::List(elements), Type::List(element)) => elements.iter().all(|value| value.fits(element)),
            (value, ty) => value.type_of() == *ty,
        }
    }

    /// The approximate size in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Value::Text(text) => text
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(literal) => literal.len(),
                    Piece::Fact(_) => 16,
                })
                .sum(),
            Value::List(values) => values.iter().map(|value| 16 + value.size()).sum(),
            _ => 16,
        }
    }

    /// The value as text in a script or a string. `None` for values without text: secrets, artefacts, lists, broken
    /// values.
    pub(crate) fn to_text(&self) -> Option<Text> {
        let literal = match self {
            Value::Text(text) => return Some(text.clone()),
            Value::Fact(fact, _) => return Some(Text::fact(fact.clone())),
            Value::Int(number) => number.to_string(),
            Value::Decimal(number) => number.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Duration(milliseconds) => duration(*milliseconds),
            Value::Percent(number) => format!("{number}%"),
            Value::Size(bytes) => size(*bytes),
            Value::Time(time) => format!("{:02}:{:02}", time.hour, time.minute),
            Value::Date(date) => format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
            Value::List(_) | Value::Artefact(..) | Value::Secret { .. } | Value::Broken => return None,
        };
        Some(Text::literal(literal))
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    UNITS
        .into_iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .map_or_else(|| bytes.to_string(), |(unit, name)| format!("{}{name}", bytes / unit))
}

/// The facts that have fixed names, with their types.
pub(crate) fn fact(root: &str, field: &str) -> Option<(Fact, Type)> {
    let fact = match (root, field) {
        ("commit", "sha") => Fact::CommitSha,
        ("commit", "short") => Fact::CommitShort,
        ("tag", "name") => Fact::TagName,
        ("tag", "version") => Fact::TagVersion,
        ("branch", "name") => Fact::BranchName,
        ("pull-request", "number") => Fact::PullRequestNumber,
        ("run", "number") => Fact::RunNumber,
        ("run", "url") => Fact::RunUrl,
        ("shard", "index") => Fact::ShardIndex,
        ("shard", "count") => Fact::ShardCount,
        _ => return None,
    };
    let ty = if matches!(field, "number" | "index" | "count") { Type::Int } else { Type::String };
    Some((fact, ty))
}

/// The fields of each root of facts, for messages.
pub(crate) const FACT_ROOTS: &[(&str, &[&str])] = &[
    ("commit", &["sha", "short"]),
    ("tag", &["name", "version"]),
    ("branch", &["name"]),
    ("pull-request", &["number"]),
    ("run", &["number", "url"]),
    ("shard", &["index", "count"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_in_its_largest_whole_unit() {
        assert_eq!(duration(5_400_000), "90m");
        assert_eq!(duration(7_200_000), "2h");
        assert_eq!(duration(1_500), "1500ms");
    }

    #[test]
    fn one_of_accepts_only_its_own_words() {
        let ty = Type::OneOf(vec!["low".into(), "high".into()]);
        assert!(Value::text("low").fits(&ty));
        assert!(!Value::text("middle").fits(&ty));
        assert!(Value::List(vec![Value::text("a")]).fits(&Type::List(Box::new(Type::String))));
        assert!(!Value::List(vec![Value::text("a"), Value::Int(1)]).fits(&Type::List(Box::new(Type::Int))));
    }
}
