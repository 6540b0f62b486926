//! GitHub Actions: lowering, document and engine model.
//!
//! [`GitHub`] compiles a pipeline to a workflow, and to a second one that tears down what it deploys for pull requests. Everything is emitted from the typed document, so that a text can't
//! become an expression by accident; the engine model reads the bytes back and shares no code with the emitter.

mod catalogue;
mod document;
pub mod engine;
mod expression;
mod lower;
mod pins;
mod runtime;
mod template;

pub use catalogue::image_digest;
use document::Workflow;
pub use lower::{ASSUMPTIONS, Assumption};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{GeneratedFile, Guarantee, Output, Pins, Pipeline, Program, Target, TargetContext};

/// The largest workflow that GitHub reads, in bytes (500 KB).
const LARGEST_FILE: usize = 500_000;

/// GitHub Actions.
pub struct GitHub;

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output {
        let mut lowered = lower::lower(program, pipeline, context);
        let mut diagnostics = std::mem::take(&mut lowered.diagnostics);
        let teardown = lowered.teardown.take().map(|teardown| *teardown);
        let mut files = Vec::new();
        let mut pins = Pins::default();
        for lowered in std::iter::once(lowered).chain(teardown) {
            pins.add(lowered.workflow.as_ref().map(Workflow::pins).unwrap_or_default());
            match written(pipeline, lowered) {
                Ok(file) => files.extend(file),
                Err(refused) => {
                    diagnostics.push(*refused);
                    return Output { diagnostics, ..Output::default() };
                }
            }
        }
        Output { files, pins, diagnostics }
    }

    fn verify(&self, program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Vec<Diagnostic> {
        engine::verify(program, pipeline, files)
    }

    fn guarantees(&self, program: &Program, pipeline: &Pipeline) -> Vec<Guarantee> {
        let context = TargetContext { version: String::new() };
        lower::guarantees(program, pipeline, &lower::lower(program, pipeline, &context))
    }

    fn is_generated(&self, text: &str) -> bool {
        lower::is_generated(text)
    }

    fn without_header<'a>(&self, text: &'a str) -> &'a str {
        lower::without_header(text)
    }
}

/// The file of a workflow, or why GitHub could not read it; none, if there is no workflow.
fn written(pipeline: &Pipeline, lowered: lower::Lowered) -> Result<Option<GeneratedFile>, Box<Diagnostic>> {
    let Some(workflow) = lowered.workflow else { return Ok(None) };
    let text = pipec_yaml::write(&workflow.document()).map_err(|error| {
        let message = format!("github can't read what `{}` becomes: {error}", pipeline.name);
        Diagnostic::error(codes::P1102, message, pipeline.origin.span)
    })?;
    if text.len() > LARGEST_FILE {
        let message =
            format!("the workflow of `{}` has {} bytes; github reads 500 KB", pipeline.name, text.len());
        let refused = Diagnostic::error(codes::P1103, message, pipeline.origin.span);
        return Err(Box::new(refused.help(
            "what pipec adds to each job counts, too: make several pipelines of it, or move long scripts into files of the repository",
        )));
    }
    Ok(Some(GeneratedFile { path: lowered.path, text, origins: lowered.origins }))
}
