//! GitHub Actions as a target: pairs the emitter with the model that judges its output.
//!
//! This is the only crate of the target that knows both sides. The emitter (`pipec-github-emit`) and the engine model
//! (`pipec-github-engine`) can't see each other.

pub use pipec_github_emit::{ASSUMPTIONS, Assumption};
pub use pipec_github_engine as engine;

mod source;

pub use source::check_file_name;

use pipec_base::{Diagnostic, Span};
use pipec_ir::{
    Engine, GeneratedFile, Guarantee, MemberName, Output, Pipeline, Program, Target, TargetContext,
};

/// GitHub Actions.
pub struct GitHub;

impl Engine for GitHub {
    fn word(&self) -> &'static str {
        "github"
    }

    fn check_file_name(&self, name: &str, span: Span) -> Option<Diagnostic> {
        source::check_file_name(name, span)
    }

    fn check_member(&self, member: &MemberName<'_>) -> Option<Diagnostic> {
        source::check_member(member)
    }
}

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output {
        pipec_github_emit::compile(program, pipeline, context)
    }

    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Vec<Diagnostic> {
        pipec_github_engine::verify(program, pipeline, files)
    }

    fn guarantees(&self, program: &Program, pipeline: &Pipeline) -> Vec<Guarantee> {
        pipec_github_emit::guarantees(program, pipeline)
    }

    fn is_generated(&self, text: &str) -> bool {
        pipec_github_emit::is_generated(text)
    }

    fn without_header<'a>(&self, text: &'a str) -> &'a str {
        pipec_github_emit::without_header(text)
    }
}
