//! Reports and kept files of a node.

use crate::{Origin, PathPattern};

/// `report junit "path"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its format.
    pub format: ReportFormat,
    /// The path of the report.
    pub path: PathPattern,
    /// Where it was written.
    pub origin: Origin,
}

/// A format of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum ReportFormat {
    Junit,
    Sarif,
    Coverage,
    Html,
    Markdown,
}

impl ReportFormat {
    /// All formats.
    pub const ALL: [ReportFormat; 5] = [
        ReportFormat::Junit,
        ReportFormat::Sarif,
        ReportFormat::Coverage,
        ReportFormat::Html,
        ReportFormat::Markdown,
    ];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            ReportFormat::Junit => "junit",
            ReportFormat::Sarif => "sarif",
            ReportFormat::Coverage => "coverage",
            ReportFormat::Html => "html",
            ReportFormat::Markdown => "markdown",
        }
    }

    /// The format with a keyword.
    pub fn from_word(word: &str) -> Option<ReportFormat> {
        ReportFormat::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// `keep "logs/**" on failure`.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The paths to keep.
    pub paths: Vec<PathPattern>,
    /// Where it was written.
    pub origin: Origin,
}
