//! Tests of the command line: the real program on real files.

#![expect(clippy::panic, clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

mod assure;
mod findings;
mod fixes;
mod graph;
mod input;
mod layout;
mod lock;
mod output;
mod support;
mod usage;
