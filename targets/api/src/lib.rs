//! The interface of every target: an emitter, and an independent model that checks its output.
//!
//! The trait has its own crate, so that neither the compiler nor the editor's server knows a target.

use pipec_base::Diagnostic;
use pipec_claims::{Assumed, Judgement, Words};
use pipec_ir::{GeneratedFile, Pins, Pipeline, Program};

/// The context of a compilation, in addition to the program.
#[derive(Clone, Debug)]
pub struct TargetContext {
    /// The compiler's version, for the header.
    pub version: String,
    /// Whether the output lists its assumptions.
    pub lists_assumptions: bool,
}

/// An engine's emitter and its independent model.
pub trait Target: Sync {
    /// Its keyword in the language: `github`.
    fn name(&self) -> &'static str;

    /// The files for one pipeline, or the reasons why there are none.
    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output;

    /// Reads emitted files back and proves on them what was proven on the source. It uses the engine's own YAML dialect
    /// and shares no code with [`Target::compile`]. Any finding is an internal error.
    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Judgement;

    /// The engine's words for claims.
    fn words(&self) -> &'static dyn Words;

    /// Whether a file's text has this compiler's header, so that it may be overwritten.
    fn is_generated(&self, text: &str) -> bool;

    /// The text of a file without its header. A new version or a source edit alone changes the header, so drift is
    /// decided without it.
    fn without_header<'a>(&self, text: &'a str) -> &'a str;
}

/// The result of compiling.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The files; empty if a diagnostic is an error.
    pub files: Vec<GeneratedFile>,
    /// The actions and images that the files use, by digest, for `pipec.lock`. Pins that the lock file already has are
    /// taken from it.
    pub pins: Pins,
    /// The assumptions of the files, if the context asks for them.
    pub assumed: Vec<Assumed>,
    /// The findings of the target.
    pub diagnostics: Vec<Diagnostic>,
}
