//! GitHub Actions as a target: pairs the emitter with the model that judges its output, and the prover.
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
use pipec_model::Finding;

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
        verify(program, pipeline, files)
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

/// Every difference between a pipeline and its files, as GitHub reads them.
fn verify(program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Vec<Diagnostic> {
    let teardown = engine::teardown_path(program, pipeline);
    let is_teardown = |file: &GeneratedFile| teardown.as_ref() == Some(&file.path);
    let mut found = Vec::new();
    for file in files {
        let findings = if is_teardown(file) {
            engine::verify_teardown(program, pipeline, file)
        } else {
            verify_workflow(program, pipeline, file)
        };
        found.extend(
            findings.iter().map(|finding| pipec_prover::diagnostic(finding, "github", pipeline, file)),
        );
    }
    let (teardowns, mains): (Vec<&GeneratedFile>, Vec<&GeneratedFile>) =
        files.iter().partition(|file| is_teardown(file));
    if let Some(file) = files.first()
        && (mains.len() != 1 || teardowns.len() != usize::from(teardown.is_some()))
    {
        let finding = Finding::of_file("a workflow is missing, or one too many", 1);
        found.push(pipec_prover::diagnostic(&finding, "github", pipeline, file));
    }
    found
}

fn verify_workflow(program: &Program, pipeline: &Pipeline, file: &GeneratedFile) -> Vec<Finding> {
    let (workflow, mut findings) = engine::read(file, &program.lock);
    if let Some(workflow) = workflow {
        findings.extend(pipec_prover::prove(program, pipeline, &workflow, file));
    }
    findings
}
