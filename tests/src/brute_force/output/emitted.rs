//! Random programs as outputs: compiled, and read back.

use crate::brute_force::model::Program;
use crate::brute_force::print::Printed;
use pipec_analysis::{Module, analyse};
use pipec_base::{Diagnostic, Sources};
use pipec_github::GitHub;
use pipec_ir::{GeneratedFile, PipelineId};
use pipec_syntax::ast::Date;
use pipec_target_api::{EmittedFile, Target, TargetContext};
use std::sync::Arc;

/// The output of a pipeline.
#[derive(Debug)]
pub struct Emitted {
    /// The place of the pipeline in its program.
    pub pipeline: usize,
    /// The workflow of the pipeline, without the one that tears down its environments.
    pub file: Arc<GeneratedFile>,
}

/// The program that the compiler sees, and its outputs. `None` if it is not proven or not compiled.
pub fn emitted(program: &Program) -> Option<(pipec_ir::Program, Vec<Emitted>)> {
    let text = Printed::of(program).text;
    let mut sources = Sources::new();
    let file = sources.add("random.pipe", text.as_str());
    let start = sources.start(file);
    let parsed = pipec_syntax::parse(start, &text);
    let tree = Arc::new(parsed.tree);
    let module = Module { path: "random.pipe", start, tree: &tree };
    let today = Date { year: 2026, month: 1, day: 1 };
    let analysis = analyse(&[module], &[], &sources, pipec_targets::engines(), today);
    if !analysis.diagnostics.is_empty() {
        return None;
    }
    let context = TargetContext { lists_assumptions: false };
    let all: Vec<PipelineId> = (0..analysis.program.pipelines.len()).map(PipelineId).collect();
    let refusals = GitHub.refusals(&analysis.program, &all);
    let is_refused = |id: &PipelineId| refusals.get(id).into_iter().flatten().any(Diagnostic::is_error);
    let fit: Vec<PipelineId> = all.into_iter().filter(|id| !is_refused(id)).collect();
    let emission = GitHub.emit(&analysis.program, &fit, &context);
    let mut emitted = Vec::new();
    for PipelineId(place) in fit {
        let pipeline = &analysis.program.pipelines[place];
        let teardown = pipec_github::teardown_path(&analysis.program, pipeline);
        let is_own = |file: &&EmittedFile| {
            file.pipelines.contains(&PipelineId(place)) && Some(&file.file.path) != teardown.as_ref()
        };
        if let Some(own) = emission.files.iter().find(is_own) {
            emitted.push(Emitted { pipeline: place, file: Arc::clone(&own.file) });
        }
    }
    Some((analysis.program, emitted))
}
