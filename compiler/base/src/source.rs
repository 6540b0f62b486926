//! Source texts and positions in them. Positions are byte offsets into UTF-8 text throughout the compiler; lines and
//! columns are made at its edges, from a [`LineIndex`].

use std::fmt;
use std::sync::Arc;

/// A source text's number in its [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one source text; `start <= end`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text it lies in.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`; a reversed range becomes the empty one at `start`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { file, start, end: end.max(start) }
    }

    /// The smallest span over both; `self` where they lie in different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span where this one starts.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span where this one ends.
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Whether `other` lies inside, ends included.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// Its bytes as a range of `usize`.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value written at `span`.
    pub fn new(node: T, span: Span) -> Spanned<T> {
        Spanned { node, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { node: change(self.node), span: self.span }
    }
}

/// One source text: its path relative to the workspace (with `/`), and its content.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path people know it by, relative to the workspace.
    pub path: String,
    /// Its content.
    pub text: Arc<str>,
}

/// All source texts of a compilation, by number.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// None yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Takes a text in and gives its number.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { path: path.into(), text: text.into() });
        id
    }

    /// The text with that number.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }

    /// The path of a text; empty for an unknown number.
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| &source.path)
    }

    /// The text a span covers, clamped to what exists and to whole characters.
    pub fn text(&self, span: Span) -> &str {
        let Some(source) = self.get(span.file) else { return "" };
        let clamped = clamp(&source.text, span);
        source.text.get(clamped.range()).unwrap_or("")
    }

    /// The span moved onto what exists: inside the text and on character borders (renderers panic on others).
    pub fn clamp(&self, span: Span) -> Span {
        self.get(span.file).map_or(span, |source| clamp(&source.text, span))
    }

    /// All texts with their numbers, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, source)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), source))
    }
}

fn clamp(text: &str, span: Span) -> Span {
    let mut start = (span.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Span::new(span.file, start, end)
}

/// A line and a column, both counted from 0; what a column counts is the method's business that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 0.
    pub line: u32,
    /// The column, from 0.
    pub column: u32,
}

/// Where the lines of a text begin: turns byte offsets into lines and columns and back. A line ends at `\n`.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    text: Arc<str>,
}

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: Arc<str>) -> LineIndex {
        let starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
        LineIndex { starts, text }
    }

    /// The line of a byte offset and the column in characters (Unicode scalar values), as people count.
    pub fn characters(&self, offset: usize) -> LineColumn {
        self.position(offset, |before| before.chars().count())
    }

    /// The line of a byte offset and the column in UTF-16 code units, as editors count.
    pub fn utf16(&self, offset: usize) -> LineColumn {
        self.position(offset, |before| before.encode_utf16().count())
    }

    /// The byte offset of a line and a column in UTF-16 code units; past the line's end, its end.
    pub fn offset_of_utf16(&self, position: LineColumn) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let mut units = 0;
        for (offset, character) in self.text.get(start..end).unwrap_or("").char_indices() {
            if units >= position.column as usize {
                return start + offset;
            }
            units += character.len_utf16();
        }
        end
    }

    fn position(&self, offset: usize, width: impl Fn(&str) -> usize) -> LineColumn {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = width(self.text.get(start..offset).unwrap_or(""));
        LineColumn {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_over_a_cut_character_is_widened_to_it() {
        let mut sources = Sources::new();
        let file = sources.add("a.pipe", "aé𝄞z");
        assert_eq!(sources.text(Span::new(file, 2, 4)), "é𝄞");
        assert_eq!(sources.text(Span::new(file, 7, 99)), "z");
        assert_eq!(sources.text(Span::new(file, 50, 99)), "");
    }

    #[test]
    fn columns_count_characters_for_people_and_code_units_for_editors() {
        let lines = LineIndex::new("ab\né𝄞z\n".into());
        assert_eq!(lines.characters(9), LineColumn { line: 1, column: 2 });
        assert_eq!(lines.utf16(9), LineColumn { line: 1, column: 3 });
        assert_eq!(lines.offset_of_utf16(LineColumn { line: 1, column: 3 }), 9);
        assert_eq!(lines.offset_of_utf16(LineColumn { line: 1, column: 99 }), 10);
        assert_eq!(lines.characters(11), LineColumn { line: 2, column: 0 });
        assert_eq!(lines.offset_of_utf16(LineColumn { line: 9, column: 0 }), 11);
    }
}
