//! `pipec check`: parse, type, prove.

use crate::arguments::Check;
use crate::console::{Console, Outcome};
use crate::project;
use pipec_report::human;

/// Proves the workspace, mended if that is asked for, and tells what was found.
pub fn run(arguments: &Check, console: &Console) -> Outcome {
    let path = arguments.path.as_deref();
    match if arguments.fix { project::mend(path) } else { project::compile(path) } {
        Ok(project) => {
            let success = human::proven(&project.compilation.program) + "\n";
            project.report(arguments.report, &success, console)
        }
        Err(problem) => project::refuse(&problem, arguments.report, console),
    }
}
