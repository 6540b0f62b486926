//! Reports and kept files of a job.
//!
//! They have the order of the source and the node's own name, and they can't decide any result.
//!
//! ```yaml
//! - name: Keep the junit report      # in the node `unit`: report junit "out/*.xml"
//!   with:
//!     name: junit lint               # not `junit unit`: "it shows or keeps something else than its node asks for"
//!     path: out/*.xml
//!     if-no-files-found: ignore
//!     overwrite: true
//! ```

use super::{Check, Kind};
use pipec_ir::{Node, PathPattern, Report, ReportFormat};
use pipec_model::{Does, IfMissing, Step};
use pipec_runtime::{ReportForm, Script};

impl Kind {
    /// The kind of an upload with this name. No name of an artefact has a blank.
    pub(super) fn of_upload(name: Option<&str>) -> Kind {
        match name.and_then(|name| name.split_once(' ')) {
            Some(("failure", _)) => Kind::KeptAfterFailure,
            Some(_) => Kind::KeptReport,
            None => Kind::Upload,
        }
    }

    /// Whether a failure of the step does not change the job's result.
    pub(super) fn decides_nothing(&self) -> bool {
        matches!(
            self,
            Kind::Runtime(Script::Report(_)) | Kind::KeptReport | Kind::KeptAfterFailure | Kind::CodeScanning
        )
    }
}

impl Check<'_, '_, '_> {
    /// The required number of steps of each kind.
    pub(super) fn leftover_counts(&self) -> [(Kind, usize); 3] {
        let body = &self.node.body;
        let kept = body.keeps.iter().any(|keep| !keep.paths.is_empty());
        let sent = body.reports.iter().filter(|report| self.is_sent(report)).count();
        [
            (Kind::KeptReport, body.reports.len()),
            (Kind::CodeScanning, sent),
            (Kind::KeptAfterFailure, usize::from(kept)),
        ]
    }

    fn is_sent(&self, report: &Report) -> bool {
        report.format == ReportFormat::Sarif && !self.is_untrusted_twin()
    }

    /// Checks that each report is shown, stored and sent.
    pub(super) fn leftovers(&mut self, kinds: &[Kind]) {
        let node = self.node;
        let of = self.name.map_or_else(|| node.name.clone(), |leg| format!("{}.{leg}", node.name));
        let steps: Vec<(&Kind, &Step)> =
            kinds.iter().zip(self.steps()).filter(|(kind, _)| kind.decides_nothing()).collect();
        let mut steps = steps.into_iter();
        let form = |report: &Report| match report.format {
            ReportFormat::Junit => ReportForm::Junit,
            ReportFormat::Coverage => ReportForm::Coverage,
            ReportFormat::Markdown => ReportForm::Markdown,
            ReportFormat::Sarif | ReportFormat::Html => ReportForm::Other,
        };
        let mut next = |wanted: Kind| steps.next().filter(|(kind, _)| **kind == wanted).map(|(_, step)| step);
        let mut wrong = Vec::new();
        for (place, report) in node.body.reports.iter().enumerate() {
            let number =
                node.body.reports.iter().take(place + 1).filter(|other| other.format == report.format);
            let label = match number.count() {
                1 => report.format.word().to_owned(),
                number => format!("{}-{number}", report.format.word()),
            };
            let name = format!("{label} {of}");
            let show = next(Kind::Runtime(Script::Report(form(report))));
            let shows_report = |step: &Step| {
                step.env_literal("NODE") == Some(&node.name)
                    && step.env_literal("FORMAT") == Some(report.format.word())
                    && step.env_literal("REPORT") == Some(&report.path.glob.expression())
                    && step.env_literal("KEPT") == Some(&name)
            };
            if !show.is_some_and(shows_report) {
                wrong.push(show.map_or(self.job.line, |step| step.line));
            }
            let keep = next(Kind::KeptReport);
            if !keep.is_some_and(|step| keeps(step, &name, node, std::slice::from_ref(&report.path))) {
                wrong.push(keep.map_or(self.job.line, |step| step.line));
            }
            if self.is_sent(report) {
                let send = next(Kind::CodeScanning);
                let sent = Does::SendReport {
                    file: Some(path_of(node, &report.path)),
                    category: Some(format!("{}/{of}/{label}", self.gating.pipeline.name)),
                };
                let same = |step: &Step| step.does == sent;
                if !send.is_some_and(same) {
                    wrong.push(send.map_or(self.job.line, |step| step.line));
                }
            }
        }
        let paths: Vec<PathPattern> = node.body.keeps.iter().flat_map(|keep| keep.paths.clone()).collect();
        if !paths.is_empty() {
            let keep = next(Kind::KeptAfterFailure);
            if !keep.is_some_and(|step| keeps(step, &format!("failure {of}"), node, &paths)) {
                wrong.push(keep.map_or(self.job.line, |step| step.line));
            }
        }
        if steps.next().is_some() {
            wrong.push(self.job.line);
        }
        for line in wrong {
            self.differs("it shows or keeps something else than its node asks for", line);
        }
    }
}

/// Whether a step stores these files under this name, and succeeds if there are none.
fn keeps(step: &Step, name: &str, node: &Node, paths: &[PathPattern]) -> bool {
    let Does::Keep(kept) = &step.does else { return false };
    let paths: Vec<String> = paths.iter().map(|path| path_of(node, path)).collect();
    let has_hidden = paths.iter().any(|path| path.starts_with('.') || path.contains("/."));
    kept.name.as_deref() == Some(name)
        && kept.paths.as_literal().map(str::trim_end) == Some(&paths.join("\n"))
        && kept.if_missing == IfMissing::Ignore
        && kept.overwrites
        && kept.with_hidden == has_hidden
        && !kept.sets_compression
}

/// A path of the source, relative to the checkout.
fn path_of(node: &Node, path: &PathPattern) -> String {
    match &node.body.directory {
        Some((directory, _)) => format!("{directory}/{}", path.glob),
        None => path.glob.to_string(),
    }
}
