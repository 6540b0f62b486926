//! What is shown and kept of a job besides its result: in the source's order, under the node's own name, and never able to
//! decide anything.

use super::{Check, Kind, quorum};
use crate::engine::fixed::{Fixed, Form};
use crate::engine::reading::{Node as Yaml, Value};
use crate::engine::values;
use crate::engine::workflow::Step;
use pipec_ir::{Node, PathPattern, Report};

/// The last word of the name of what is kept after a failure.
const FAILURE: &str = "failure";

impl Kind {
    /// The kind of an upload under this name in the job of a node.
    pub(super) fn of_upload(step: &Step, node: &Node) -> Kind {
        let name = step.with("name").and_then(Yaml::text).unwrap_or_default();
        let own = name.strip_prefix(&node.name).and_then(|rest| rest.strip_prefix('.'));
        let formats = node.body.reports.iter().map(|report| report.format.as_str());
        let begins = |word: &str| own.is_some_and(|rest| rest.starts_with(word));
        // A leg of an artefact is kept under the leg's name, which may be a word like these.
        let is_leg = step.with("if-no-files-found").and_then(Yaml::text) == Some("error");
        match () {
            () if is_leg => Kind::Upload,
            () if begins(FAILURE) => Kind::KeptAfterFailure,
            () if formats.into_iter().any(begins) => Kind::KeptReport,
            () => Kind::Upload,
        }
    }

    /// Whether a failure of the step leaves the job as it is.
    pub(super) fn decides_nothing(&self) -> bool {
        matches!(
            self,
            Kind::Fixed(Fixed::Report(_)) | Kind::KeptReport | Kind::KeptAfterFailure | Kind::CodeScanning
        )
    }
}

impl Check<'_, '_, '_> {
    /// How often each kind must stand in the job.
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
        report.format == "sarif" && !self.is_untrusted_twin()
    }

    /// Only what decides nothing, and the runs of a gate that counts them, go on after an error.
    pub(super) fn goes_on(&mut self, kind: &Kind, step: &Step) {
        let said = step.node.get("continue-on-error");
        let may = kind.decides_nothing() || quorum(self.node).is_some() && matches!(kind, Kind::Script(_));
        if said.is_some_and(|said| !may || said.value != Value::Bool(true)) {
            self.differs("a step says `continue-on-error`, though its failure counts", step.line);
        }
        if said.is_none() && kind.decides_nothing() {
            self.differs("it fails without `continue-on-error` for what decides nothing", step.line);
        }
    }

    /// Each report is shown, kept and sent as itself.
    pub(super) fn leftovers(&mut self, kinds: &[Kind]) {
        let node = self.node;
        let steps: Vec<(&Kind, &Step)> =
            kinds.iter().zip(&self.job.steps).filter(|(kind, _)| kind.decides_nothing()).collect();
        let mut steps = steps.into_iter();
        let mut next = |wanted: Kind| steps.next().filter(|(kind, _)| **kind == wanted).map(|(_, step)| step);
        let form = |report: &Report| match report.format.as_str() {
            "junit" => Form::Junit,
            "coverage" => Form::Coverage,
            "markdown" => Form::Markdown,
            _ => Form::Other,
        };
        // What GitHub keeps has one name in a run, whatever the leg.
        let leg = if self.leg.is_some() { ".${{ strategy.job-index }}" } else { "" };
        let title = self.job.node.get("name").and_then(Yaml::scalar);
        let mut right = Vec::new();
        for (place, report) in node.body.reports.iter().enumerate() {
            let alike = node.body.reports.iter().take(place).filter(|other| other.format == report.format);
            let number = match alike.count() {
                0 => String::new(),
                before => format!("-{}", before + 1),
            };
            let label = format!("{}.{}{number}", node.name, report.format);
            let name = format!("{label}{leg}");
            let told = |step: &Step| {
                let literal = |name: &str| step.literal_env(name).unwrap_or_default();
                title.as_deref().is_some_and(|title| values::is(step.env("NODE"), title))
                    && literal("FORMAT") == report.format
                    && literal("REPORT") == report.path.glob.text()
                    && values::is(step.env("KEPT"), &name)
            };
            right.push(next(Kind::Fixed(Fixed::Report(form(report)))).is_some_and(told));
            let paths = std::slice::from_ref(&report.path);
            right.push(next(Kind::KeptReport).is_some_and(|step| keeps(step, &name, node, paths)));
            if self.is_sent(report) {
                let category = format!("{}/{label}{leg}", self.gating.pipeline.name);
                let same = |step: &Step| {
                    step.literal_with("sarif_file") == Some(path_of(node, &report.path))
                        && values::is(step.with("category"), &category)
                };
                right.push(next(Kind::CodeScanning).is_some_and(same));
            }
        }
        let paths: Vec<PathPattern> = node.body.keeps.iter().flat_map(|keep| keep.paths.clone()).collect();
        if !paths.is_empty() {
            let name = format!("{}.{FAILURE}{leg}", node.name);
            right.push(next(Kind::KeptAfterFailure).is_some_and(|step| keeps(step, &name, node, &paths)));
        }
        right.push(steps.next().is_none());
        if right.contains(&false) {
            self.differs("it shows or keeps something else than its node asks for", self.job.line);
        }
    }
}

/// Whether a step uploads these files under this name, and whether there are any or not.
fn keeps(step: &Step, name: &str, node: &Node, paths: &[PathPattern]) -> bool {
    let paths: Vec<String> = paths.iter().map(|path| path_of(node, path)).collect();
    let hidden = paths.iter().any(|path| path.starts_with('.') || path.contains("/."));
    let flag = |name: &str| matches!(step.with(name).map(|node| &node.value), Some(Value::Bool(true)));
    values::is(step.with("name"), name)
        && step.literal_with("path").map(|given| given.trim_end().to_owned()) == Some(paths.join("\n"))
        && step.with("if-no-files-found").and_then(Yaml::text) == Some("ignore")
        && flag("overwrite")
        && flag("include-hidden-files") == hidden
}

/// A path of the source, seen from the folder of the checkout.
fn path_of(node: &Node, path: &PathPattern) -> String {
    match &node.body.directory {
        Some((directory, _)) => format!("{directory}/{}", path.glob),
        None => path.glob.to_string(),
    }
}
