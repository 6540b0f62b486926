//! Prints the data that the engine model reads from a workflow, as JSON. So other readers can be compared with it.
//!
//! usage: reading FILE

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this is a program of the tests: it reads a file and prints"
)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else { return ExitCode::from(2) };
    let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    match read.and_then(|text| pipec_github_engine::read_as_json(&text)) {
        Ok(data) => {
            println!("{data}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}
