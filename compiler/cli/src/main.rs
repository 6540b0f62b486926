//! `pipec`: a compiler for deployment pipelines.

mod arguments;
mod bug;
mod clock;
mod commands;
mod console;
mod progress;
mod project;

fn main() -> std::process::ExitCode {
    bug::report_panics();
    commands::run(std::env::args_os()).into()
}
