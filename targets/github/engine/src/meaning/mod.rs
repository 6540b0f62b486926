//! The meaning of a workflow: its runs, and the start and end of its jobs.
//!
//! The results are propositions over the facts of a run. This module does not judge the output.

pub(crate) mod events;
pub(crate) mod expression;
pub(crate) mod lift;
pub(crate) mod starts;
#[cfg(test)]
mod tests;
