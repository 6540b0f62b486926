//! What a node reports, and what it keeps after a failure. None of it decides anything: an act that fails here leaves its
//! job as it is, and so does a file that does not exist.
//!
//! For example, `report junit "out.xml"` in the node `unit` becomes
//!
//! ```text
//! show   Report(Junit): NODE unit, FORMAT junit, REPORT out.xml, KEPT "junit unit"    when: the run is not cancelled
//! keep   out.xml under the name "junit unit"                                          when: the run is not cancelled
//! ```

use crate::acts::{Act, Does, Keep, directory};
use crate::guard::Guard;
use crate::legs::name_with_leg;
use crate::units::{Runs, Unit};
use crate::value::Value;
use pipec_ir::{Node, PathPattern, Pipeline, Report, ReportFormat};
use pipec_runtime::{ReportForm, Script};
use std::borrow::Cow;

/// Why an act here goes on.
const DECIDES_NOTHING: &str = "a report decides nothing";
const KEEPING_DECIDES_NOTHING: &str = "what is kept decides nothing";

/// The output of the act that shows a report.
const FOUND: &str = "found";

/// Whether some report of the node goes to code scanning.
pub(crate) fn goes_to_code_scanning(node: &Node) -> bool {
    node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif)
}

/// The acts that show and keep what a node has left. They also happen after a failure.
pub(crate) fn acts<'p>(
    pipeline: &'p Pipeline,
    node: &'p Node,
    unit: &Unit,
    unless_exempt: &Guard,
) -> Vec<Act<'p>> {
    let mut acts = Vec::new();
    let alive = Guard::all([Guard::NotCancelled, unless_exempt.clone()]);
    for (place, report) in node.body.reports.iter().enumerate() {
        let before = node.body.reports.get(..place).unwrap_or_default();
        let label = label(report, before);
        let kept = kept_name(label.clone(), node);
        let mut show = show(node, report, kept.clone()).when(alive.clone());
        let title = format!("Keep the {} report", report.format.word());
        let keep = keep(title, kept, node, [&report.path]).when(alive.clone()).going_on(DECIDES_NOTHING);
        if report.format != ReportFormat::Sarif || unit.runs == Runs::Untrusted {
            acts.extend([show, keep]);
            continue;
        }
        let id = format!("report-{}", place + 1);
        let found = Guard::all([Guard::NotCancelled, Guard::Said(id.clone(), FOUND)]);
        show.id = Some(id);
        let category = Value::text(format!("{}/", pipeline.name));
        let category = category.and_value(name_with_leg(node)).and_text(format!("/{label}"));
        let send = Does::SendToCodeScanning { file: in_directory(node, &report.path), category };
        let send = Act::new("Send it to code scanning", send).when(found).going_on(DECIDES_NOTHING);
        acts.extend([show, keep, send]);
    }
    let mut kept = node.body.keeps.iter().flat_map(|keep| &keep.paths).peekable();
    if kept.peek().is_some() {
        // A job that ran out of its time is cancelled, not failed.
        let failed = Guard::any([Guard::FailedBefore, Guard::Cancelled]);
        let name = kept_name("failure".to_owned(), node);
        let keep = keep("Keep what a failure left behind", name, node, kept);
        acts.push(keep.when(failed).going_on(KEEPING_DECIDES_NOTHING));
    }
    acts
}

/// The act that shows a report in the summary of the run.
fn show<'p>(node: &'p Node, report: &'p Report, kept: Value<'p>) -> Act<'p> {
    let form = match report.format {
        ReportFormat::Junit => ReportForm::Junit,
        ReportFormat::Coverage => ReportForm::Coverage,
        ReportFormat::Markdown => ReportForm::Markdown,
        _ => ReportForm::Other,
    };
    let format = report.format.word();
    let parameters = [
        ("NODE", Value::text(node.name.as_str())),
        ("FORMAT", Value::text(format)),
        ("REPORT", Value::text(report.path.glob.expression())),
        ("KEPT", kept),
    ];
    Act::fixed(format!("Show the {format} report"), Script::Report(form), parameters)
        .in_directory(directory(node))
        .going_on(DECIDES_NOTHING)
}

/// The act that keeps files, if there are any.
fn keep<'p>(
    title: impl Into<Cow<'p, str>>,
    name: Value<'p>,
    node: &Node,
    paths: impl IntoIterator<Item = &'p PathPattern>,
) -> Act<'p> {
    let globs: Vec<Cow<'p, str>> = paths.into_iter().map(|path| in_directory(node, path)).collect();
    let paths = Value::text(globs.join("\n"));
    Act::new(title, Does::Keep(Keep { name, paths, is_required: false, is_compressed: false }))
}

/// The format, and which of its reports it is if there are several.
fn label(report: &Report, before: &[Report]) -> String {
    let format = report.format.word();
    match before.iter().filter(|other| other.format == report.format).count() {
        0 => format.to_owned(),
        count => format!("{format}-{}", count + 1),
    }
}

/// The pattern as seen from the folder of the checkout.
pub fn in_directory<'p>(node: &Node, path: &'p PathPattern) -> Cow<'p, str> {
    match directory(node) {
        Some(directory) => Cow::Owned(format!("{directory}/{}", path.glob.text())),
        None => Cow::Borrowed(path.glob.text()),
    }
}

/// The name of kept files: their kind and their node. The blank distinguishes it from the name of an artefact.
fn kept_name<'p>(label: String, node: &'p Node) -> Value<'p> {
    Value::text(label + " ").and_value(name_with_leg(node))
}
