//! Decision procedures: globs as regular languages, propositions as decision diagrams.
//!
//! Every answer is exact. An answer that would cost too much is [`TooLarge`], never a guess. A caller that proves
//! something must then refuse it.
//!
//! To reason about several globs at once, pass all their languages to [`Regions::of`] and combine the regions. A chain of
//! unions and differences of [`Language`]s costs more.
//!
//! ```
//! use pipec_logic::{Glob, Limits, Propositions, Regions};
//!
//! let [main, all] = ["main", "**"].map(|text| Glob::parse(text).unwrap().language());
//! let regions = Regions::of(&[main, all], 1000).unwrap(); // `main`, and every other name
//! assert_eq!((regions.len(), regions.witness(1)), (2, "x"));
//!
//! let logic = Propositions::new(Limits::default());
//! let variables: Vec<_> = (0..regions.len()).map(|_| logic.new_variable()).collect();
//! let on_one_branch = logic.exactly_one(&variables);
//! let not_main = logic.not(&logic.variable(variables[0]));
//! let elsewhere = logic.variable(variables[1]);
//! assert!(logic.implies_always(&logic.and(&on_one_branch, &not_main), &elsewhere).unwrap());
//! ```

mod automaton;
mod diagram;
mod expression;
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

/// A decision would need more states, nodes or steps than its limit.
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
