//! What is guaranteed of a compilation, gathered from the analysis and the targets.

use crate::session::Compilation;
use pipec_ir::{Assurance, Exception, Origin, Pipeline, PipelineAssurance, Target};

/// What is guaranteed of each pipeline; nothing, of a program that is refused.
pub fn assure(compilation: &Compilation, targets: &[&dyn Target]) -> Option<Assurance> {
    if compilation.is_refused() {
        return None;
    }
    let program = &compilation.program;
    let one = |pipeline: &Pipeline| {
        let is_wanted = |target: &&&dyn Target| {
            pipeline.targets.is_empty() || pipeline.targets.iter().any(|(name, _)| name == target.name())
        };
        let given = targets.iter().filter(is_wanted);
        let given = given.map(|target| (target.name(), target.guarantees(program, pipeline))).collect();
        PipelineAssurance::of(pipeline, pipec_analysis::guarantees(program, pipeline), given)
    };
    let allowed = compilation.allowed.iter().map(|allowed| {
        let until = allowed
            .until
            .as_ref()
            .map(|day| format!(" until {:04}-{:02}-{:02}", day.year, day.month, day.day));
        Exception {
            kind: "allow",
            node: None,
            says: format!("{} is allowed{}", allowed.code, until.unwrap_or_default()),
            because: allowed.because.clone(),
            origin: Origin::at(allowed.span),
        }
    });
    Some(Assurance { pipelines: program.pipelines.iter().map(one).collect(), allowed: allowed.collect() })
}
