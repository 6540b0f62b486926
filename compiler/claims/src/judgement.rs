//! The result of proving an output.

use crate::Theorem;
use pipec_base::Diagnostic;
use std::sync::Arc;

/// The result of proving an output.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The differences from the source. Each is an error in the compiler, or a proof that is too large.
    pub findings: Vec<Diagnostic>,
    /// The proved theorems: those that no finding breaks.
    pub proved: Arc<Vec<Theorem>>,
}
