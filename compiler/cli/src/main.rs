//! `pipec`: a compiler for deployment pipelines.

mod arguments;
mod bug;
mod clock;
mod commands;
mod console;
mod progress;
mod project;

/// The allocator. A proof allocates very many small, short-lived values. With the allocator of glibc, they take a fifth
/// of the time of a check.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    bug::report_panics();
    commands::run(std::env::args_os()).into()
}
