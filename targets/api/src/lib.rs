//! The interface of every target: an emitter, and an independent model that checks its output.
//!
//! The trait has its own crate, so that neither the compiler nor the editor's server knows a target. It speaks of the whole
//! program, since engines divide files differently. Of the pipelines `app` and `web`
//!
//! ```text
//! GitHub    .github/workflows/app.yml        belongs to `app`
//!           .github/workflows/web.yml        belongs to `web`
//! GitLab    .gitlab-ci.yml                   belongs to `app` and `web`
//! ```

mod emission;

pub use emission::{Emission, EmittedFile, PipelineOutput};

use pipec_base::Diagnostic;
use pipec_claims::{Judgement, Words};
use pipec_ir::{PipelineId, Program};
use std::collections::{BTreeMap, BTreeSet};

/// The context of a compilation, in addition to the program.
#[derive(Clone, Copy, Debug)]
pub struct TargetContext {
    /// Whether the output lists its assumptions.
    pub lists_assumptions: bool,
}

/// What a target reports about pipelines before it emits them. Pipelines without findings are not listed.
pub type Refusals = BTreeMap<PipelineId, Vec<Diagnostic>>;

/// An engine's emitter and its independent model.
pub trait Target: Sync {
    /// Its keyword in the language: `github`.
    fn name(&self) -> &'static str;

    /// The reasons why the engine can't express some pipelines of the program, and what there is to warn of.
    ///
    /// They follow from the source alone: nothing is lowered, so an editor can ask at once.
    fn refusals(&self, program: &Program, only: &[PipelineId]) -> Refusals;

    /// The files of some pipelines of the program. Each is for this target, and its refusals have no error.
    ///
    /// A file that also belongs to other pipelines is whole, and names them all.
    fn emit(&self, program: &Program, only: &[PipelineId], context: &TargetContext) -> Emission;

    /// Reads emitted files back and proves on them what was proven on the source.
    ///
    /// It gives one judgement for each pipeline that a file belongs to. It uses the engine's own YAML dialect and shares no
    /// code with [`Target::emit`]. Any finding is an internal error.
    fn verify(&self, program: &Program, files: &[EmittedFile]) -> BTreeMap<PipelineId, Judgement>;

    /// The engine's words for claims.
    fn words(&self) -> &'static dyn Words;

    /// The folders below a workspace in which it writes. What it left there for a former pipeline is removed.
    fn folders(&self) -> &'static [&'static str];

    /// Whether a file's text has the header of a generated file, so that it may be overwritten or removed.
    fn is_generated(&self, text: &str) -> bool;

    /// What a generated file asks the platform to have by name, in words: "the environment `production`".
    fn asked_of_platform(&self, text: &str) -> BTreeSet<String>;
}
