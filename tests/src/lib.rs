//! End-to-end tests.

pub mod grammar;
