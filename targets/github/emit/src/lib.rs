//! The emitter for GitHub Actions: from a pipeline to workflows.
//!
//! A pipeline becomes a typed document, and the document becomes text, so that no text can become an expression by
//! accident. A pipeline with ephemeral environments gets a second workflow, which tears them down.

mod asked;
mod document;
mod expression;
mod lower;
mod pins;
mod refusals;
mod template;

pub use asked::asked_of_platform;
use document::Workflow;
pub use lower::{Words, assumption_meaning, is_generated};
use pipec_base::{Diagnostic, codes, parallel};
pub use pipec_github_catalogue::PLANS;
use pipec_ir::{GeneratedFile, Pins, Pipeline, PipelineId, Program};
use pipec_target_api::{Emission, PipelineOutput, Refusals, TargetContext};

/// The most jobs that GitHub makes of one job with a matrix.
pub const MOST_LEGS: usize = 256;

/// The largest workflow that GitHub reads, in bytes (500 KB).
const LARGEST_FILE: usize = 500_000;

/// The reasons why some pipelines can't be built for GitHub, from the source alone.
pub fn refusals(program: &Program, only: &[PipelineId]) -> Refusals {
    let found = parallel::map(only, |id| Some((*id, refusals::of_pipeline(program, program.pipeline(*id)?))));
    found.into_iter().flatten().filter(|(_, found)| !found.is_empty()).collect()
}

/// The workflows of some pipelines of a program that nothing refuses; each belongs to one pipeline.
pub fn emit(program: &Program, only: &[PipelineId], context: &TargetContext) -> Emission {
    let emitted = parallel::map(only, |id| Some(emit_pipeline(program, program.pipeline(*id)?, context)));
    let mut emission = Emission::default();
    for (id, (files, output)) in only.iter().zip(emitted).filter_map(|(id, emitted)| Some((*id, emitted?))) {
        emission.add(id, files, output);
    }
    emission
}

/// The workflows of a pipeline, or the reasons why it has none.
fn emit_pipeline(
    program: &Program,
    pipeline: &Pipeline,
    context: &TargetContext,
) -> (Vec<GeneratedFile>, PipelineOutput) {
    let mut lowered = lower::lower(program, pipeline);
    let mut diagnostics = std::mem::take(&mut lowered.diagnostics);
    let assumed = if context.lists_assumptions {
        lower::assumptions(program, pipeline, &mut lowered)
    } else {
        Vec::new()
    };
    let teardown = lowered.teardown.take().map(|teardown| *teardown);
    let mut files = Vec::new();
    let mut pins = Pins::default();
    for lowered in std::iter::once(lowered).chain(teardown) {
        pins.add(&lowered.workflow.as_ref().map(Workflow::pins).unwrap_or_default());
        match written(pipeline, lowered) {
            Ok(file) => files.extend(file),
            Err(refused) => {
                diagnostics.push(*refused);
                return (Vec::new(), PipelineOutput { diagnostics, ..PipelineOutput::default() });
            }
        }
    }
    (files, PipelineOutput { pins, assumed, diagnostics })
}

/// The file of a workflow, or the reason why GitHub could not read it. `None` if lowering gave no workflow.
fn written(
    pipeline: &Pipeline,
    lowered: lower::Lowered<'_>,
) -> Result<Option<GeneratedFile>, Box<Diagnostic>> {
    let Some(workflow) = lowered.workflow else { return Ok(None) };
    let text = workflow.text().map_err(|error| {
        let message = format!("github can't read the workflow of `{}`: {error}", pipeline.name);
        Diagnostic::error(codes::P1102, message, pipeline.origin.span)
    })?;
    if text.len() > LARGEST_FILE {
        let message = format!(
            "the workflow of `{}` has {} bytes; github reads at most 500 KB",
            pipeline.name,
            text.len()
        );
        let refused = Diagnostic::error(codes::P1103, message, pipeline.origin.span);
        return Err(Box::new(refused.help(
            "the steps that pipec adds to each job also count: split the pipeline, or move long scripts \
             into files of the repository",
        )));
    }
    Ok(Some(GeneratedFile { path: lowered.path, text, origins: lowered.origins }))
}
