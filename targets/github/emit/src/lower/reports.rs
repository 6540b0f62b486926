//! What a node reports and what it keeps after a failure. None of it decides anything: a step that fails here leaves its
//! job as it is, and so does a file that isn't there.

use super::{Lowering, matrix};
use crate::document::{Input, Permissions, Step};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_ir::{Node, PathPattern, Report, ReportFormat};
use pipec_lowering::{Runs, Unit};
use pipec_runtime::{Dialect, ReportForm, Script};

/// Why a step here goes on.
const DECIDES_NOTHING: &str = "a report decides nothing";
const KEEPING_DECIDES_NOTHING: &str = "what is kept decides nothing";

/// The output of the step that shows a report.
const FOUND: &str = "found";

impl Lowering<'_> {
    /// The steps that show and keep what a node has left behind. They also run after a failure.
    pub(super) fn report_steps(&self, node: &Node, unit: &Unit, due: Option<&Expression>) -> Vec<Step> {
        let mut steps = Vec::new();
        let alive = || {
            let own = due.cloned().unwrap_or(Expression::Constant(true));
            Expression::all([Expression::raw("!cancelled()"), own])
        };
        for (place, report) in node.body.reports.iter().enumerate() {
            let label = label(&node.body.reports, place);
            let kept = kept_name(&label, node);
            let id = format!("report-{}", place + 1);
            let script = match report.format {
                ReportFormat::Junit => Script::Report(ReportForm::Junit).text(Dialect::GitHub),
                ReportFormat::Coverage => Script::Report(ReportForm::Coverage).text(Dialect::GitHub),
                ReportFormat::Markdown => Script::Report(ReportForm::Markdown).text(Dialect::GitHub),
                _ => Script::Report(ReportForm::Other).text(Dialect::GitHub),
            };
            let mut show = Step::run(format!("Show the {} report", report.format.word()), script)
                .with_env("NODE", Template::text(node.name.clone()))
                .with_env("FORMAT", Template::text(report.format.word()))
                .with_env("REPORT", Template::text(report.path.glob.text().to_owned()))
                .with_env("KEPT", kept.clone())
                .only_if(alive())
                .going_on(DECIDES_NOTHING);
            show.directory = node.body.directory.as_ref().map(|(directory, _)| directory.clone());
            let code_scanning = sends_to_code_scanning(report, unit);
            if code_scanning {
                show = show.with_id(&id);
            }
            steps.push(show);
            let title = format!("Keep the {} report", report.format.word());
            let keep = upload(title, kept, node, std::slice::from_ref(&report.path));
            steps.push(keep.only_if(alive()).going_on(DECIDES_NOTHING));
            if code_scanning {
                let found = Expression::equals(format!("steps.{id}.outputs.{FOUND}"), "true");
                let category = Template::text(format!("{}/", self.pipeline.name))
                    .and_template(matrix::name_with_leg(node))
                    .and_text(format!("/{label}"));
                let inputs = vec![
                    ("sarif_file", Input::Text(Template::text(in_directory(node, &report.path)))),
                    ("category", Input::Text(category)),
                ];
                let send = Step::uses("Send it to code scanning", &pins::UPLOAD_SARIF, inputs);
                let condition = Expression::all([Expression::raw("!cancelled()"), found]);
                steps.push(send.only_if(condition).going_on(DECIDES_NOTHING));
            }
        }
        let kept: Vec<PathPattern> = node.body.keeps.iter().flat_map(|keep| keep.paths.clone()).collect();
        if !kept.is_empty() {
            // A job that ran out of its time is cancelled, not failed.
            let failed = Expression::any(["failure()", "cancelled()"].map(Expression::raw));
            let name = kept_name("failure", node);
            let keep = upload("Keep what a failure left behind".to_owned(), name, node, &kept);
            steps.push(keep.only_if(failed).going_on(KEEPING_DECIDES_NOTHING));
        }
        steps
    }

    /// Patterns that the uploading action reads otherwise than the language does, and reports that can't be sent.
    pub(super) fn refuse_in_reports(&self, node: &Node) {
        let body = &node.body;
        let reports = body.reports.iter().map(|report| ("report", &report.path));
        let keeps = body.keeps.iter().flat_map(|keep| keep.paths.iter().map(|path| ("keep", path)));
        for (clause, path) in reports.chain(keeps) {
            let glob = path.glob.text();
            let other_wildcard = glob.split('/').any(|segment| segment != "**" && segment.contains("**"));
            let whole = in_directory(node, path);
            if other_wildcard || whole.starts_with(['#', '~', '!']) || whole.contains(['[', ']', '\\']) {
                self.refuse(&format!("`{clause}` of the path `{glob}`"), &path.origin);
            }
        }
        if !(body.reports.is_empty() && body.keeps.is_empty()) {
            self.check_leg_names(node);
        }
        for report in body.reports.iter().filter(|report| report.format == ReportFormat::Sarif) {
            if !report.path.glob.is_literal() {
                self.refuse("`report sarif` of several files", &report.path.origin);
            }
        }
    }
}

/// Whether some report of the node goes to code scanning, for which the job's token needs a right.
pub(super) fn has_right(node: &Node) -> bool {
    node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif)
}

/// Adds what sending reports asks for.
pub(super) fn add_rights(node: &Node, permissions: &mut Permissions) {
    if has_right(node) {
        permissions.write("security-events", "report sarif");
        permissions.read("actions", "report sarif: code scanning asks for the run");
    }
}

fn sends_to_code_scanning(report: &Report, unit: &Unit) -> bool {
    report.format == ReportFormat::Sarif && unit.runs != Runs::Untrusted
}

/// The format, and which of its reports it is if there are several.
fn label(reports: &[Report], place: usize) -> String {
    let format = reports.get(place).map_or("", |report| report.format.word());
    let before = reports.iter().take(place).filter(|report| report.format.word() == format).count();
    if before == 0 { format.to_owned() } else { format!("{format}-{}", before + 1) }
}

/// The pattern as seen from the checkout's folder.
fn in_directory(node: &Node, path: &PathPattern) -> String {
    match &node.body.directory {
        Some((directory, _)) => format!("{directory}/{}", path.glob.text()),
        None => path.glob.text().to_owned(),
    }
}

fn upload(title: String, name: Template, node: &Node, paths: &[PathPattern]) -> Step {
    let globs: Vec<String> = paths.iter().map(|path| in_directory(node, path)).collect();
    let mut inputs = vec![
        ("name", Input::Text(name)),
        ("path", Input::Text(Template::text(globs.join("\n")))),
        ("if-no-files-found", Input::Text(Template::text("ignore"))),
        ("overwrite", Input::Flag(true)),
    ];
    if globs.iter().any(|glob| glob.split('/').any(|segment| segment.starts_with('.'))) {
        inputs.push(("include-hidden-files", Input::Flag(true)));
    }
    Step::uses(title, &pins::UPLOAD_ARTIFACT, inputs)
}

/// What is kept goes by what it is and by its node; no name of an artefact has a blank.
fn kept_name(label: &str, node: &Node) -> Template {
    Template::text(format!("{label} ")).and_template(matrix::name_with_leg(node))
}
