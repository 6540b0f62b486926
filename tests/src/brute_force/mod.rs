//! A second implementation of the theorems, without algebra.
//!
//! It generates random small programs, enumerates every run of them, and evaluates the reference's formulas on these
//! runs. It shares no code with the compiler's proofs: globs are matched by search, conditions are evaluated for each
//! run, the order of nodes is found by adding edges until nothing changes, and a formula is a loop over runs.

#![expect(
    clippy::indexing_slicing,
    reason = "a helper that panics fails its test; indices are places in the same model"
)]

pub mod before;
pub mod choose;
pub mod disagreements;
pub mod glob;
pub mod model;
pub mod oracle;
pub mod output;
pub mod print;
pub mod random;
pub mod story;
pub mod world;
