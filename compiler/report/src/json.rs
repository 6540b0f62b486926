//! Findings and results for programs: one JSON object.
//!
//! `version` is the version of this form. Fields may be added, but an existing field keeps its name and meaning, or the
//! number increases.
//!
//! | field | |
//! |---|---|
//! | `version` | 1 |
//! | `diagnostics` | findings, by file and place |
//! | `problems` | paths that could not be read or written: `path`, `message`, `help` (or null) |
//! | `files` | the outputs and `pipec.lock`: `path`, `status` (`written`, `unchanged`, `removed`, `differs`, `unclaimed`) |
//! | `fixed` | the applied fixes: `path`, `line`, `column`, `code`, `title` |
//! | `summary` | `errors`, `warnings`, and the counts of the workspace: `pipelines`, `gates`, `deploys`, `environments` |
//!
//! A finding has `code` (`P0401`), `slug`, `severity` (`error`, `warning`), `message`, its place, `labels` (all places,
//! that of the fault first, each with its `message`), `counterexample` (or null), `notes`, `help` (or null), `fix`
//! (null, or `title` and `edits`: a place and the `text` that replaces it). A place is `path` (relative to the
//! workspace, with `/`), `span` (`start` and `end` in bytes of the UTF-8 file, half-open) and `start` and `end` (`line`
//! and `column` from 1, columns in characters). A finding without a place lacks these four.

use crate::place::{Columns, Places};
use pipec_base::{Diagnostic, Severity, Sources, Span};
use pipec_ir::Program;
use serde::Serialize;

/// The status of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It was written.
    Written,
    /// It was already up to date.
    Unchanged,
    /// It was generated and then removed, because no pipeline makes it any more.
    Removed,
    /// It differs from the compiled output, or it is missing.
    Differs,
    /// It was generated, but no pipeline makes it any more.
    Unclaimed,
}

/// A path that could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The path, as people know it.
    pub path: String,
    /// The problem.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

/// Results other than findings.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Paths that could not be read or written.
    pub problems: Vec<Trouble>,
    /// The outputs.
    pub files: Vec<(String, Status)>,
    /// The applied fixes, in their order.
    pub fixed: Vec<Remedied>,
}

/// An applied fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedied {
    /// The file of the finding.
    pub path: String,
    /// The line of its start, from 1.
    pub line: u32,
    /// The column, in characters, from 1.
    pub column: u32,
    /// The finding's code.
    pub code: String,
    /// The effect of the fix.
    pub title: String,
}

/// The whole report, indented, with a line feed at its end.
pub fn report(sources: &Sources, program: &Program, diagnostics: &[Diagnostic], results: &Results) -> String {
    let mut writer = Writer { places: Places::new(sources) };
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let report = Document {
        version: 1,
        diagnostics: diagnostics.iter().map(|diagnostic| writer.finding(diagnostic)).collect(),
        problems: &results.problems,
        files: results.files.iter().map(|(path, status)| OutputFile { path, status: *status }).collect(),
        fixed: &results.fixed,
        summary: Summary {
            errors,
            warnings: diagnostics.len() - errors,
            pipelines: program.pipelines.len(),
            gates: program.pipelines.iter().map(|pipeline| pipeline.gates().count()).sum(),
            deploys: program.pipelines.iter().map(|pipeline| pipeline.deploys().count()).sum(),
            environments: program.environments.len(),
        },
    };
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Finding<'a>>,
    problems: &'a [Trouble],
    files: Vec<OutputFile<'a>>,
    fixed: &'a [Remedied],
    summary: Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: String,
    slug: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    labels: Vec<Labelled<'a>>,
    counterexample: Option<&'a str>,
    notes: &'a [String],
    help: Option<&'a str>,
    fix: Option<Remedy<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    span: Bytes,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Labelled<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Remedy<'a> {
    title: &'a str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Bytes {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct OutputFile<'a> {
    path: &'a str,
    status: Status,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    pipelines: usize,
    gates: usize,
    deploys: usize,
    environments: usize,
}

struct Writer<'a> {
    places: Places<'a>,
}

impl<'a> Writer<'a> {
    fn finding(&mut self, diagnostic: &'a Diagnostic) -> Finding<'a> {
        Finding {
            code: diagnostic.code.to_string(),
            slug: diagnostic.code.slug(),
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            place: diagnostic.labels.first().and_then(|label| self.place(label.span)),
            labels: diagnostic
                .labels
                .iter()
                .map(|label| Labelled { message: &label.message, place: self.place(label.span) })
                .collect(),
            counterexample: diagnostic.counterexample.as_deref(),
            notes: &diagnostic.notes,
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref().map(|fix| Remedy {
                title: &fix.title,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Replacement { text: &edit.text, place: self.place(edit.span) })
                    .collect(),
            }),
        }
    }

    fn place(&mut self, span: Span) -> Option<Place<'a>> {
        let region = self.places.region(span, Columns::Characters)?;
        let position = |(line, column)| Position { line, column };
        Some(Place {
            path: region.path,
            span: Bytes { start: region.bytes.start, end: region.bytes.end },
            start: position(region.start),
            end: position(region.end),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::{Anchor, codes};

    #[test]
    fn the_form_of_version_1_stays() {
        let mut sources = Sources::new();
        let source = "é artifact\nx\n";
        let file = sources.add("a/b.pipe", source);
        let finding =
            Diagnostic::warning(codes::P0014, "`artifact` is spelt `artefact`", sources.span(file, 3, 11))
                .saying("here")
                .label(sources.span(file, 12, 13), "and here")
                .counterexample("push to main")
                .note("one")
                .help("write `artefact`")
                .fix("write `artefact`", sources.span(file, 3, 11), "artefact");
        let placeless = Diagnostic::error(codes::P1190, "differs", Span::new(Anchor(9), 0, 0));
        let results = Results {
            problems: vec![Trouble {
                path: "c.pipe".into(),
                message: "`c.pipe` is a folder".into(),
                help: None,
            }],
            files: vec![
                (".github/workflows/b.yml".into(), Status::Written),
                ("x.yml".into(), Status::Unclaimed),
            ],
            fixed: vec![Remedied {
                path: "d.pipe".into(),
                line: 1,
                column: 2,
                code: "P0014".into(),
                title: "write `//`".into(),
            }],
        };
        let shown = report(&sources, &Program::default(), &[finding, placeless], &results);
        insta::assert_snapshot!(format!("{source}\n{shown}"));
    }
}
