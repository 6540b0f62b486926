//! The guarantees of a compilation: the claims of the analysis and of the targets.

use crate::session::Compilation;
use pipec_analysis::Allowed;
use pipec_claims::{Assurance, Exception, ExceptionKind, PipelineAssurance, Reason};
use pipec_ir::Origin;
use pipec_target_api::Target;

/// The guarantees for each pipeline. `None` for a refused program. Lists assumptions if the compilation was asked for
/// them.
pub fn assure(compilation: &Compilation, targets: &[&dyn Target]) -> Option<Assurance> {
    if compilation.is_refused() {
        return None;
    }
    let program = &compilation.program;
    let pipelines = program.pipelines.iter().zip(&compilation.claims);
    let pipelines = pipelines.map(|(pipeline, claims)| PipelineAssurance::of(program, pipeline, claims));
    Some(Assurance {
        pipelines: pipelines.collect(),
        allowed: compilation.allowed.iter().map(allowed).collect(),
        words: targets.iter().map(|target| (Some(target.name()), target.words())).collect(),
    })
}

fn allowed(allowed: &Allowed) -> Exception {
    let until = allowed.until.as_ref().map(|day| (day.year, day.month, day.day));
    Exception {
        what: ExceptionKind::Allow { code: allowed.code, until },
        because: Reason::Written(allowed.because.clone()),
        origin: Origin::at(allowed.span),
    }
}
