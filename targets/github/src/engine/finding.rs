//! What the proofs find, and the diagnostics made of it.

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{GeneratedFile, Node, NodeKind, Pipeline};

/// A difference between the output and the source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// The job, if one is meant.
    pub(crate) job: Option<String>,
    pub(crate) message: String,
    pub(crate) line: usize,
    pub(crate) counterexample: Option<String>,
    /// Whether it is no difference, but a proof that would take more than the compiler allows itself.
    is_undecided: bool,
}

impl Finding {
    /// A difference of the whole file.
    pub(crate) fn of_file(message: impl Into<String>, line: usize) -> Finding {
        Finding { job: None, message: message.into(), line, counterexample: None, is_undecided: false }
    }

    /// A difference of one job.
    pub(crate) fn of_job(job: &str, message: impl Into<String>, line: usize) -> Finding {
        Finding::of_file(message, line).in_job(job)
    }

    /// A proof too large to decide.
    pub(crate) fn undecided(message: impl Into<String>, line: usize) -> Finding {
        Finding { is_undecided: true, ..Finding::of_file(message, line) }
    }

    /// The same, of one job.
    pub(crate) fn in_job(self, job: &str) -> Finding {
        Finding { job: Some(job.to_owned()), ..self }
    }

    /// The same with the run that shows it.
    pub(crate) fn shown_by(self, run: String) -> Finding {
        Finding { counterexample: Some(run), ..self }
    }

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

/// What an untrusted twin's job is called after the node's name.
pub(crate) const UNTRUSTED: &str = "-untrusted";

/// The node that a job of this id stands for.
pub(crate) fn node_of<'p>(pipeline: &'p Pipeline, job: &str) -> Option<&'p Node> {
    let twin = || job.strip_suffix(UNTRUSTED).and_then(|name| pipeline.node_named(name));
    pipeline.node_named(job).or_else(twin)
}

/// Whether a node is a gate that only reports.
pub(crate) fn is_advisory(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Gate(gate) if gate.advisory.is_some())
}
