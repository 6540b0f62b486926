//! GitHub Actions: lowering, document and engine model.
//!
//! [`GitHub`] compiles a pipeline to one workflow. Everything is emitted from the typed document, so that a text can't
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
pub use lower::{ASSUMPTIONS, Assumption};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{GeneratedFile, Guarantee, Output, Pipeline, Program, Target, TargetContext};

/// The largest workflow that GitHub reads, in bytes (500 KB).
const LARGEST_FILE: usize = 500_000;

/// GitHub Actions.
pub struct GitHub;

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn compile(&self, program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Output {
        let lowered = lower::lower(program, pipeline, context);
        let mut diagnostics = lowered.diagnostics;
        let Some(workflow) = lowered.workflow else { return Output { files: Vec::new(), diagnostics } };
        let refuse = |code, message: String| Diagnostic::error(code, message, pipeline.origin.span);
        let text = match pipec_yaml::write(&workflow.document()) {
            Ok(text) => text,
            Err(error) => {
                diagnostics.push(refuse(
                    codes::P1102,
                    format!("github can't read what `{}` becomes: {error}", pipeline.name),
                ));
                return Output { files: Vec::new(), diagnostics };
            }
        };
        if text.len() > LARGEST_FILE {
            let message =
                format!("the workflow of `{}` has {} bytes; github reads 500 KB", pipeline.name, text.len());
            diagnostics
                .push(refuse(codes::P1103, message).help("move long scripts into files of the repository"));
            return Output { files: Vec::new(), diagnostics };
        }
        let file = GeneratedFile { path: lowered.path, text, origins: lowered.origins };
        Output { files: vec![file], diagnostics }
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
