//! `pipec check`: parse, type, prove.

use crate::arguments::Check;
use crate::console::{Console, Outcome};
use crate::project;
use pipec_report::human;

/// Proves the workspace and tells what was found.
pub fn run(arguments: &Check, console: &Console) -> Outcome {
    match project::compile(arguments.path.as_deref()) {
        Ok(project) => {
            let success = human::proven(&project.compilation.program) + "\n";
            project.report(arguments.report, &success, console)
        }
        Err(problem) => project::refuse(&problem, arguments.report, console),
    }
}
