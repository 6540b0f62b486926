//! The meaning of a workflow: the runs that it starts, and when each job starts and how it ends.
//!
//! The results are propositions over the facts of a run. This module does not judge the output.

pub(crate) mod events;
pub(crate) mod expression;
pub(crate) mod lift;
pub(crate) mod starts;
#[cfg(test)]
mod tests;
