//! Faults of the compiler itself. It explains them, asks for a report, and exits with the status 101.

use std::io::Write;

/// How to report a fault of the compiler itself.
pub const HOW_TO_REPORT: &str = "this is a bug in pipec, not in your pipeline: please report it with these lines, the \
                                 output of `pipec --version` and the smallest source that shows it";

/// Makes a panic end with an explanation. The process then exits with the status 101.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        let _ = writeln!(
            std::io::stderr().lock(),
            "error: internal error in pipec {version} at {place}: {message}\n  help: {HOW_TO_REPORT}"
        );
    }));
}
