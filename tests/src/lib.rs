//! End-to-end tests.

pub mod generate;
pub mod grammar;
