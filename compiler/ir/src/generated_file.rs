//! Files that a target makes.

use pipec_base::Span;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Relative to the workspace, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Where its parts came from: the name of a part of the output (a job) and the source it was made from.
    pub origins: Vec<(String, Span)>,
}
