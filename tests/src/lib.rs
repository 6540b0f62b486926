//! End-to-end tests.

pub mod brute_force;
pub mod cases;
pub mod edits;
pub mod generate;
pub mod grammar;
pub mod large;
pub mod modules;
pub mod pages;
pub mod workflows;
