//! GitHub Actions as a target: pairs the emitter with the model that judges its output.
//!
//! This is the only crate of the target that knows both sides. The emitter (`pipec-github-emit`) and the engine model
//! (`pipec-github-engine`) can't see each other.

pub use pipec_github_emit::assumption_meaning;
pub use pipec_github_engine as engine;

use pipec_claims::{Judgement, Words};
use pipec_ir::{GeneratedFile, Pipeline, Program};
use pipec_target_api::{Output, Target, TargetContext};

/// GitHub Actions.
pub struct GitHub;

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output {
        pipec_github_emit::compile(program, pipeline, context)
    }

    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Judgement {
        pipec_github_engine::verify(program, pipeline, files)
    }

    fn words(&self) -> &'static dyn Words {
        &pipec_github_emit::Words
    }

    fn is_generated(&self, text: &str) -> bool {
        pipec_github_emit::is_generated(text)
    }

    fn without_header<'a>(&self, text: &'a str) -> &'a str {
        pipec_github_emit::without_header(text)
    }
}
