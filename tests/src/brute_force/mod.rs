//! The theorems read a second time, without algebra: random small programs, every run of them one by one, and what the
//! reference's formulas say of each.
//!
//! Nothing here shares code with the compiler's proofs: globs are matched by trying, conditions are evaluated run by run,
//! what is before a node is found by adding edges until nothing changes, and a formula is a loop over runs.

#![expect(
    clippy::indexing_slicing,
    reason = "a helper that panics fails its test; indices are places in the same model"
)]

pub mod before;
pub mod choose;
pub mod glob;
pub mod model;
pub mod oracle;
pub mod print;
pub mod random;
pub mod story;
pub mod world;
