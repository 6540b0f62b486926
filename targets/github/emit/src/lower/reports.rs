//! Reports: code scanning, and paths that the uploading action reads in another way.

use super::Lowering;
use crate::document::{Input, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::{Node, ReportFormat};
use pipec_lowering::in_directory;

impl Lowering<'_> {
    /// Refuses patterns that the uploading action reads differently, and reports that can't be sent.
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

/// The step that sends a report to code scanning.
pub(super) fn send_to_code_scanning(title: String, file: &str, category: Template) -> Step {
    let inputs = vec![
        ("sarif_file", Input::Text(Template::text(file.to_owned()))),
        ("category", Input::Text(category)),
    ];
    Step::uses(title, &pins::UPLOAD_SARIF, inputs)
}
