//! `pipec completions`: prints the completions for a shell.

use crate::arguments::{Arguments, Completions};
use crate::console::{Console, Outcome};
use clap::CommandFactory;

/// Prints the completions for a shell.
pub fn run(arguments: &Completions, console: &Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "pipec", &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Outcome::Clean
}
