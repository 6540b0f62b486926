//! `pipec check`: parses, types and proves.

use crate::arguments::Check;
use crate::console::{Console, Outcome};
use crate::project::{self, Purpose};
use pipec_report::human;

/// Proves the workspace and reports the findings. With `--fix`, applies fixes first.
pub fn run(arguments: &Check, console: &Console) -> Outcome {
    let path = arguments.path.as_deref();
    match if arguments.fix { project::compile_and_fix(path) } else { project::compile(path, Purpose::Report) }
    {
        Ok(project) => {
            let success = human::proven(&project.compilation.program) + "\n";
            project.report(arguments.report, &success, console)
        }
        Err(problem) => project::refuse(&problem, arguments.report, console),
    }
}
