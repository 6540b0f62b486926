//! The commands. Each has its own file.

mod assure;
mod build;
mod check;
mod completions;
mod explain;
mod fmt;
mod graph;
mod record;

use crate::arguments::{Arguments, Command};
use crate::console::{Console, Outcome};
use clap::Parser;
use std::ffi::OsString;

/// Runs the command of the arguments.
pub fn run(arguments: impl Iterator<Item = OsString>) -> Outcome {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version arrive as an error, too. If standard output is closed, that is no failure.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Trouble } else { Outcome::Clean };
        }
    };
    let console = Console::new(arguments.color);
    let outcome = match &arguments.command {
        Command::Check(check) => check::run(check, &console),
        Command::Build(build) => build::run(build, &console),
        Command::Fmt(fmt) => fmt::run(fmt, &console),
        Command::Graph(graph) => graph::run(graph, &console),
        Command::Assure(assure) => assure::run(assure, &console),
        Command::Record(record) => record::run(record, &console),
        Command::Explain(explain) => explain::run(explain, &console),
        Command::Completions(completions) => completions::run(completions, &console),
    };
    console.outcome(outcome)
}
