//! Decision procedures: globs as regular languages, propositions as decision diagrams.
//!
//! Everything here is exact. Where an answer would cost too much, the answer is [`TooLarge`], never a guess: a caller
//! that proves something says so and fails closed.
//!
//! To reason about several globs at once, give all their languages to [`Regions::of`] and combine the regions;
//! building unions and differences of [`Language`]s one after the other costs more.

mod automaton;
mod diagram;
mod glob;
mod language;
mod pattern;
mod proposition;
mod regions;
mod witness;

use std::fmt;

pub use diagram::Limits;
pub use glob::{Glob, GlobError, GlobErrorKind};
pub use language::Language;
pub use proposition::{Model, Proposition, Propositions, VariableId};
pub use regions::Regions;

/// The answer of a decision that would need more states, nodes or steps than its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TooLarge {
    /// The limit that was exceeded, in states, nodes or steps.
    pub limit: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "too large to decide (the limit is {})", self.limit)
    }
}

impl std::error::Error for TooLarge {}
