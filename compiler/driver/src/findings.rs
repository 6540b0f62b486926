//! Sorts findings in reading order and removes duplicates.

use pipec_base::{Diagnostic, FileId, Sources, codes};

/// The number of findings of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Errors of the compiler itself.
    pub internal: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(diagnostics: &[Diagnostic]) -> Counts {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let ours = |diagnostic: &&Diagnostic| matches!(diagnostic.code, codes::P0099 | codes::P1190);
        let internal = diagnostics.iter().filter(ours).count();
        Counts { errors, warnings: diagnostics.len() - errors, internal }
    }
}

/// The findings about one file, and the number of findings elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// The findings with a place in the file, or without any place.
    pub shown: Vec<Diagnostic>,
    /// The number of other findings.
    pub hidden: Counts,
}

/// Sorts findings by place and merges duplicates: same message, place and counterexample. Several instances of a
/// pipeline give such duplicates. The merged finding has the labels and notes of all.
pub fn tidy(mut diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    diagnostics.sort_by(|left, right| {
        let place = |diagnostic: &Diagnostic| (sources.place(diagnostic.span()), diagnostic.code);
        place(left)
            .cmp(&place(right))
            .then_with(|| left.message.cmp(&right.message))
            .then_with(|| left.counterexample.cmp(&right.counterexample))
    });
    let mut tidied: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        match tidied.last_mut() {
            Some(last) if same(last, &diagnostic) => merge(last, diagnostic),
            _ => tidied.push(diagnostic),
        }
    }
    tidied
}

/// Keeps the findings with a place in `file`, and those without any place. Keeps all if `file` is `None`.
pub fn narrow(diagnostics: Vec<Diagnostic>, file: Option<FileId>, sources: &Sources) -> Narrowed {
    let Some(file) = file else { return Narrowed { shown: diagnostics, hidden: Counts::default() } };
    let (shown, hidden): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(|diagnostic| {
        let labels = &diagnostic.labels;
        labels.is_empty() || labels.iter().any(|label| sources.file_of(label.span) == Some(file))
    });
    Narrowed { shown, hidden: Counts::of(&hidden) }
}

fn same(left: &Diagnostic, right: &Diagnostic) -> bool {
    left.code == right.code
        && left.span() == right.span()
        && left.message == right.message
        && left.counterexample == right.counterexample
}

fn merge(kept: &mut Diagnostic, other: Diagnostic) {
    kept.severity = kept.severity.max(other.severity);
    for label in other.labels {
        if !kept.labels.contains(&label) {
            kept.labels.push(label);
        }
    }
    for note in other.notes {
        if !kept.notes.contains(&note) {
            kept.notes.push(note);
        }
    }
    kept.help = kept.help.take().or(other.help);
    kept.fix = kept.fix.take().or(other.fix);
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::Span;

    fn sources() -> Sources {
        let mut sources = Sources::new();
        sources.add("a.pipe", "");
        sources.add("b.pipe", "");
        sources
    }

    fn at(file: u32, start: usize) -> Span {
        sources().span(FileId(file), start, start + 1)
    }

    #[test]
    fn findings_come_by_place_and_once_per_counterexample() {
        let skippable = |call: usize, run: &str| {
            Diagnostic::error(codes::P0401, "gate `unit` can be skipped", at(0, 5))
                .label(at(0, call), "in this call of `service`")
                .counterexample(run)
        };
        let tidied = tidy(
            vec![
                Diagnostic::error(codes::P0101, "later file", at(1, 0)),
                skippable(90, "push to main"),
                skippable(70, "push to main"),
                skippable(80, "push to release"),
                Diagnostic::warning(codes::P0901, "earlier", at(0, 2)),
            ],
            &sources(),
        );
        let shown: Vec<(&str, Option<&str>, usize)> = tidied
            .iter()
            .map(|found| (found.message.as_str(), found.counterexample.as_deref(), found.labels.len()))
            .collect();
        assert_eq!(
            shown,
            [
                ("earlier", None, 1),
                ("gate `unit` can be skipped", Some("push to main"), 3),
                ("gate `unit` can be skipped", Some("push to release"), 2),
                ("later file", None, 1),
            ]
        );
    }

    #[test]
    fn one_file_shows_what_touches_it_and_counts_the_rest() {
        let narrowed = narrow(
            vec![
                Diagnostic::error(codes::P0201, "touches both", at(0, 0)).label(at(1, 3), "here too"),
                Diagnostic::error(codes::P0101, "elsewhere", at(0, 9)),
            ],
            Some(FileId(1)),
            &sources(),
        );
        assert_eq!(narrowed.shown.len(), 1);
        assert_eq!(narrowed.hidden, Counts { errors: 1, warnings: 0, internal: 0 });
    }
}
