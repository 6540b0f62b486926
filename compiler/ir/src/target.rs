//! What every target offers. The trait lives here so that neither the compiler nor the editor's server knows a target.

use crate::{Guarantee, Pins, Pipeline, Program};
use pipec_base::{Diagnostic, Span};

/// What a target is told besides the program.
#[derive(Clone, Debug)]
pub struct TargetContext {
    /// The compiler's version, for the header.
    pub version: String,
}

/// An engine's emitter and its independent reader.
pub trait Target: Sync {
    /// Its word in the language: `github`.
    fn name(&self) -> &'static str;

    /// The files for one pipeline, or why there can be none.
    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output;

    /// Reads emitted files back with the engine's own YAML dialect and proves on them what was proven on the source.
    /// Shares no code with [`Target::compile`]. Any finding is an internal error.
    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Vec<Diagnostic>;

    /// What the files of a proven pipeline make the engine do, what [`Target::verify`] proves on them, and what neither
    /// can hold, so that it must be set on the platform. A guarantee that is proved and has the kind of one the analysis
    /// gives says how it is proved again.
    fn guarantees(&self, program: &Program, pipeline: &Pipeline) -> Vec<Guarantee>;

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
    /// What the target has to say.
    pub diagnostics: Vec<Diagnostic>,
}

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
