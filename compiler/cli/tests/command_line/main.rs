//! Tests of the command line: the real program on real files.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a failing helper fails its test")]

mod assure;
mod findings;
mod fixes;
mod graph;
mod input;
mod layout;
mod lock;
mod lock_conflict;
mod output;
mod support;
mod usage;
