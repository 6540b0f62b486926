//! `pipec`: a compiler for deployment pipelines.

mod arguments;
mod bug;
mod clock;
mod commands;
mod console;
mod progress;
mod project;

/// A proof makes very many small things that live for a moment: with the allocator of glibc, a fifth of the time of a
/// check goes into those.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    bug::report_panics();
    commands::run(std::env::args_os()).into()
}
