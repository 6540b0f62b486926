//! What the model of an engine says of an output.

use crate::Theorem;
use pipec_base::Diagnostic;

/// What the model of an engine says of an output.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Every difference from the source. Each is an error in the compiler, or a proof that is too large.
    pub findings: Vec<Diagnostic>,
    /// What was proved; nothing, if there is a finding.
    pub proved: Vec<Theorem>,
}
