//! Engines that have a keyword in the language, but no target in this version.

use pipec_base::{Diagnostic, Span};
use pipec_ir::Engine;

/// An engine without a target. Until it has one, GitHub's rule for file names applies.
pub(crate) struct Planned(pub(crate) &'static str);

impl Engine for Planned {
    fn word(&self) -> &'static str {
        self.0
    }

    fn check_file_name(&self, name: &str, span: Span) -> Option<Diagnostic> {
        pipec_github::check_file_name(name, span)
    }
}
