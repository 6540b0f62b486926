//! What a workflow means: which runs it starts, when each job starts, and how it ends.
//!
//! Propositions over the facts of a run say so. Nothing here judges the output.

pub(crate) mod events;
pub(crate) mod expression;
pub(crate) mod lift;
pub(crate) mod starts;
#[cfg(test)]
mod tests;
