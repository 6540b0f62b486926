//! Emits and verifies one pipeline. The program has it in addition to its own pipelines.

use pipec_base::Diagnostic;
use pipec_claims::Judgement;
use pipec_github::GitHub;
use pipec_ir::{GeneratedFile, Pipeline, PipelineId, Program};
use pipec_target_api::{EmittedFile, PipelineOutput, Target, TargetContext};
use std::collections::BTreeSet;
use std::ops::Deref;

/// What emitting one pipeline gave.
pub struct Output {
    pub files: Vec<GeneratedFile>,
    rest: PipelineOutput,
}

impl Deref for Output {
    type Target = PipelineOutput;

    fn deref(&self) -> &PipelineOutput {
        &self.rest
    }
}

/// The program with the pipeline in it.
fn whole(program: &Program, pipeline: &Pipeline) -> (Program, PipelineId) {
    let mut program = program.clone();
    program.pipelines.retain(|other| other.name != pipeline.name);
    program.pipelines.push(std::sync::Arc::new(pipeline.clone()));
    let id = PipelineId(program.pipelines.len() - 1);
    (program, id)
}

/// The files of the pipeline, or the reasons why it has none.
pub fn emit(program: &Program, pipeline: &Pipeline, lists_assumptions: bool) -> Output {
    let (program, id) = whole(program, pipeline);
    let context = TargetContext { lists_assumptions };
    let mut refusals = GitHub.refusals(&program, &[id]).remove(&id).unwrap_or_default();
    if refusals.iter().any(Diagnostic::is_error) {
        let rest = PipelineOutput { diagnostics: refusals, ..PipelineOutput::default() };
        return Output { files: Vec::new(), rest };
    }
    let mut emission = GitHub.emit(&program, &[id], &context);
    let mut rest = PipelineOutput::clone(&emission.pipelines.remove(&id).unwrap_or_default());
    refusals.append(&mut rest.diagnostics);
    rest.diagnostics = refusals;
    Output { files: emission.files.into_iter().map(|file| (*file.file).clone()).collect(), rest }
}

/// What the model says of files of the pipeline.
pub fn verify(program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Judgement {
    let (program, id) = whole(program, pipeline);
    let emitted =
        |file: &GeneratedFile| EmittedFile { file: file.clone().into(), pipelines: BTreeSet::from([id]) };
    let files: Vec<EmittedFile> = files.iter().map(emitted).collect();
    GitHub.verify(&program, &files).remove(&id).unwrap_or_default()
}
