//! The syntax of GitHub's expressions: texts with `${{ … }}`, and what they pass on.

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

/// An expression longer than this is refused, also after `format` is put around it [engine semantics, section 3].
const CHARACTERS: usize = 21_000;
