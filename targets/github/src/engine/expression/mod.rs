//! GitHub's expression language: texts with `${{ … }}`, expressions, and what they mean for the facts of a run.

mod contexts;
mod evaluate;
mod functions;
mod lexer;
mod parser;
mod template;
mod value;

pub(crate) use evaluate::{Evaluator, RUN_ID, Scope, StepState};
pub(crate) use parser::{Comparison, Expression, parse};
pub(crate) use template::{Piece, Template};
pub(crate) use value::{Axis, Cases, Datum, Words};

/// An expression longer than this is refused, also after `format` is put around it [engine semantics, section 3].
pub(crate) const CHARACTERS: usize = 21_000;
