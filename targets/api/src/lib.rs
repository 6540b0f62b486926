//! What every target offers: an emitter, and an independent model that judges its output.
//!
//! The trait has a crate of its own, so that neither the compiler nor the editor's server knows a target.

use pipec_base::Diagnostic;
use pipec_claims::{Assumed, Judgement, Words};
use pipec_ir::{GeneratedFile, Pins, Pipeline, Program};

/// What a target is told besides the program.
#[derive(Clone, Debug)]
pub struct TargetContext {
    /// The compiler's version, for the header.
    pub version: String,
    /// Whether the output lists what it leaves to settings and trust.
    pub lists_assumptions: bool,
}

/// An engine's emitter and its independent reader.
pub trait Target: Sync {
    /// Its word in the language: `github`.
    fn name(&self) -> &'static str;

    /// The files for one pipeline, or why there can be none.
    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output;

    /// Reads emitted files back with the engine's own YAML dialect and proves on them what was proven on the source.
    /// Shares no code with [`Target::compile`]. Any finding is an internal error.
    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Judgement;

    /// The engine's words for claims.
    fn words(&self) -> &'static dyn Words;

    /// Whether a file's text carries this compiler's header, so that it may be overwritten.
    fn is_generated(&self, text: &str) -> bool;

    /// The file's text without what changes with every version or source edit alone: what drift is judged by.
    fn without_header<'a>(&self, text: &'a str) -> &'a str;
}

/// What compiling gave.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The files; empty if a diagnostic is an error.
    pub files: Vec<GeneratedFile>,
    /// What the files call and run in, by digest: what `pipec.lock` is to say. What it says already is taken from it.
    pub pins: Pins,
    /// What the files leave to settings and trust, if the context asks for it.
    pub assumed: Vec<Assumed>,
    /// What the target has to say.
    pub diagnostics: Vec<Diagnostic>,
}
