//! Places for programs: a path, and lines and columns from 1.

use pipec_base::{FileId, LineColumn, LineIndex, Place, Sources, Span};
use std::collections::BTreeMap;

/// Converts spans to lines and columns. The lines of each text are counted once.
pub(crate) struct Places<'a> {
    sources: &'a Sources,
    lines: BTreeMap<FileId, LineIndex>,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region<'a> {
    /// Relative to the workspace.
    pub(crate) path: &'a str,
    /// The bytes in the text, clamped to existing ones.
    pub(crate) bytes: Place,
    /// The first line and column, from 1.
    pub(crate) start: (u32, u32),
    /// The line and column after the last character, from 1.
    pub(crate) end: (u32, u32),
}

/// The unit of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Unicode scalar values, as people count.
    Characters,
    /// UTF-16 code units, as editors count.
    Utf16,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Places<'a> {
        Places { sources, lines: BTreeMap::new() }
    }

    /// The region of a span. `None` if its text is unknown.
    pub(crate) fn region(&mut self, span: Span, columns: Columns) -> Option<Region<'a>> {
        let bytes = self.sources.clamp(span)?;
        let source = self.sources.get(bytes.file)?;
        let lines = self.lines.entry(bytes.file).or_insert_with(|| LineIndex::new(source.text.clone()));
        let position = |offset: u32| {
            let LineColumn { line, column } = match columns {
                Columns::Characters => lines.characters(offset as usize),
                Columns::Utf16 => lines.utf16(offset as usize),
            };
            (line.saturating_add(1), column.saturating_add(1))
        };
        Some(Region { path: &source.path, bytes, start: position(bytes.start), end: position(bytes.end) })
    }

    /// The text of a span.
    pub(crate) fn text(&self, span: Span) -> &'a str {
        self.sources.text(span)
    }
}
