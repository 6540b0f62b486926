//! Files that a target generates.

use pipec_base::Span;

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Relative to the workspace, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The origins of its parts. Each is the name of a part (a job), and the source of that part.
    pub origins: Vec<(String, Span)>,
}
