//! Diagnostics for findings.
//!
//! ```text
//! finding       the job `unit`, line 21: "a script of the source is missing"
//! diagnostic    error P1190 at the node `unit` of the source:
//!               "job `unit` of the output for github differs from its source: a script of the source is missing",
//!               with the note "`.github/workflows/hello.yml`, line 21"
//! ```

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{GeneratedFile, Pipeline};
use pipec_model::{Finding, node_of};

/// The diagnostic of a finding about an output. It is at the origin of its node or of the pipeline.
pub fn diagnostic(finding: &Finding, target: &str, pipeline: &Pipeline, file: &GeneratedFile) -> Diagnostic {
    let origin = finding.job.as_deref().and_then(|job| {
        let node = node_of(pipeline, job).map(|node| node.origin.span);
        node.or_else(|| file.origins.iter().find(|(name, _)| name == job).map(|(_, span)| *span))
    });
    let span: Span = origin.unwrap_or(pipeline.origin.span);
    let place = match &finding.job {
        Some(job) => format!("job `{job}` of the output for {target}"),
        None => format!("the output for {target}"),
    };
    if finding.is_undecided {
        let message = format!("{place} can't be proven: {}", finding.message);
        return Diagnostic::error(codes::P0407, message, span)
            .note("pipec refuses what it can't decide")
            .help("use kinds of change instead of many overlapping globs, or split the pipeline");
    }
    let mut diagnostic = Diagnostic::error(
        codes::P1190,
        format!("{place} differs from its source: {}", finding.message),
        span,
    )
    .note(format!("`{}`, line {}", file.path, finding.line))
    .help("this is an error in pipec, not in the pipeline: please report it");
    if let Some(run) = &finding.counterexample {
        diagnostic = diagnostic.counterexample(run.clone());
    }
    diagnostic
}
