//! The meaning of GitHub's expressions, over the facts of a run.

mod contexts;
mod evaluate;
mod functions;
mod value;

pub(crate) use evaluate::{Evaluator, RUN_ID, Scope};
pub(crate) use value::{Datum, Words};
