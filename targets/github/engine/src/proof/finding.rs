//! The diagnostics made of findings.

use crate::meaning::source::node_of;
use crate::read::finding::Finding;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{GeneratedFile, Pipeline};

impl Finding {
    /// The diagnostic, at the node's origin or the pipeline's.
    pub(crate) fn diagnostic(&self, pipeline: &Pipeline, file: &GeneratedFile) -> Diagnostic {
        let origin = self.job.as_deref().and_then(|job| {
            let node = node_of(pipeline, job).map(|node| node.origin.span);
            node.or_else(|| file.origins.iter().find(|(name, _)| name == job).map(|(_, span)| *span))
        });
        let span: Span = origin.unwrap_or(pipeline.origin.span);
        let place = match &self.job {
            Some(job) => format!("job `{job}` of the output for github"),
            None => "the output for github".to_owned(),
        };
        if self.is_undecided {
            let message = format!("{place} can't be proven: {}", self.message);
            return Diagnostic::error(codes::P0407, message, span)
                .note("what can't be decided is not proven, so it is refused")
                .help(
                    "name paths by kinds of change instead of many overlapping globs, or split the pipeline",
                );
        }
        let mut diagnostic = Diagnostic::error(
            codes::P1190,
            format!("{place} differs from its source: {}", self.message),
            span,
        )
        .note(format!("`{}`, line {}", file.path, self.line))
        .help("this is an error in pipec, not in the pipeline: please report it");
        if let Some(run) = &self.counterexample {
            diagnostic = diagnostic.counterexample(run.clone());
        }
        diagnostic
    }
}
