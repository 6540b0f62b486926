//! The syntax of GitHub's expressions, and the secrets that they pass on.
//!
//! An expression is in a text between `${{` and `}}`.

mod leaks;
mod lexer;
mod parser;
mod settle;
mod template;

pub(crate) use leaks::passes_on_secret;
pub(crate) use lexer::number;
pub(crate) use parser::{Comparison, Expression, parse};
pub(crate) use settle::{as_text, chained, settled, truth};
pub(crate) use template::{Piece, Template};

/// The maximum length of an expression (engine semantics, section 3). It includes the addition of `format`.
const CHARACTERS: usize = 21_000;
