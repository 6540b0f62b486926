//! Source texts and positions in them. Positions are byte offsets into UTF-8 text throughout the compiler; lines and
//! columns are made at its edges, from a [`LineIndex`].

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A source text's number: the same for its path as long as a session lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A point in a source text that spans are counted from: the start of a file, or of a declaration in it.
///
/// Only [`Sources`] knows where an anchor lies. An edit above a declaration moves its anchor and changes no span in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor(pub u32);

/// A half-open range of bytes, counted from an anchor; `start <= end`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// What its bytes are counted from.
    pub anchor: Anchor,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` from `anchor` on; a reversed range becomes the empty one at `start`.
    pub fn new(anchor: Anchor, start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { anchor, start, end: end.max(start) }
    }

    /// The smallest span over both; `self` where they have different anchors.
    pub fn to(self, other: Span) -> Span {
        if self.anchor != other.anchor {
            return self;
        }
        Span { anchor: self.anchor, start: self.start.min(other.start), end: self.end.max(other.end) }
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
        self.anchor == other.anchor && self.start <= other.start && other.end <= self.end
    }

    /// Its bytes, counted from its anchor.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What spans of one anchor are ordered by. Across anchors [`Sources::place`] gives the order.
    pub fn bounds(self) -> (u32, u32) {
        (self.start, self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.anchor.0, self.start, self.end)
    }
}

/// Where a span lies in its source text; places are ordered as [`Sources`] lists the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// How many texts are listed before its own.
    pub rank: u32,
    /// The text.
    pub file: FileId,
    /// The first byte in the text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Place {
    /// Its bytes in the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// All source texts of a compilation, and where their anchors lie.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// By number; a number whose text is gone is not given again.
    files: Vec<Option<File>>,
    /// By number: the anchor at the start of a text.
    starts: Vec<Anchor>,
    /// The numbers of the texts that are there, in their order.
    order: Vec<FileId>,
    /// By number: the text an anchor lies in, and the byte.
    anchors: Vec<(FileId, u32)>,
    numbers: BTreeMap<String, FileId>,
}

#[derive(Clone, Debug)]
struct File {
    source: Source,
    /// Its place in the order of the texts.
    rank: u32,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Sources {
    /// None yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Takes a text in, after all others, and gives its number; a path that was there before keeps its own.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let (path, text) = (path.into(), text.into());
        // A standard module may be called as a file of the workspace is.
        let mut name = path.clone();
        while self.numbers.get(&name).is_some_and(|file| self.get(*file).is_some()) {
            name.push('\0');
        }
        let file = match self.numbers.get(&name) {
            Some(file) => *file,
            None => {
                let file = FileId(number(self.files.len()));
                self.files.push(None);
                let start = self.anchor(file, 0);
                self.starts.push(start);
                self.numbers.insert(name, file);
                file
            }
        };
        let rank = number(self.order.len());
        if let Some(slot) = self.files.get_mut(file.0 as usize) {
            *slot = Some(File { source: Source { path, text }, rank });
        }
        self.order.push(file);
        file
    }

    /// Leaves out all texts, but keeps the numbers of their paths and their anchors.
    pub fn clear(&mut self) {
        self.order.clear();
        self.files.fill_with(|| None);
    }

    /// A new anchor at a byte of a text.
    pub fn anchor(&mut self, file: FileId, offset: usize) -> Anchor {
        let anchor = Anchor(number(self.anchors.len()));
        self.anchors.push((file, number(offset)));
        anchor
    }

    /// Moves an anchor to another byte of its text.
    pub fn move_anchor(&mut self, anchor: Anchor, offset: usize) {
        if let Some((_, place)) = self.anchors.get_mut(anchor.0 as usize) {
            *place = number(offset);
        }
    }

    /// The anchor at the start of a text.
    pub fn start(&self, file: FileId) -> Anchor {
        self.starts.get(file.0 as usize).copied().unwrap_or(Anchor(u32::MAX))
    }

    /// The bytes `start..end` of a text, counted from its start.
    pub fn span(&self, file: FileId, start: usize, end: usize) -> Span {
        Span::new(self.start(file), start, end)
    }

    fn get_file(&self, file: FileId) -> Option<&File> {
        self.files.get(file.0 as usize)?.as_ref()
    }

    /// The text with that number.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.get_file(file).map(|file| &file.source)
    }

    /// The path of a text; empty for an unknown number.
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| &source.path)
    }

    /// The text that a span lies in.
    pub fn file_of(&self, span: Span) -> Option<FileId> {
        self.place(span).map(|place| place.file)
    }

    /// Where a span lies in its text; nowhere, if its text is not known.
    pub fn place(&self, span: Span) -> Option<Place> {
        let (file, offset) = *self.anchors.get(span.anchor.0 as usize)?;
        let rank = self.get_file(file)?.rank;
        let at = |byte: u32| offset.saturating_add(byte);
        Some(Place { rank, file, start: at(span.start), end: at(span.end) })
    }

    /// The text a span covers, clamped to what exists and to whole characters.
    pub fn text(&self, span: Span) -> &str {
        let Some(place) = self.clamp(span) else { return "" };
        self.get(place.file).and_then(|source| source.text.get(place.range())).unwrap_or("")
    }

    /// The rest of a text, from an anchor on.
    pub fn text_from(&self, anchor: Anchor) -> &str {
        let Some((file, offset)) = self.anchors.get(anchor.0 as usize) else { return "" };
        self.get(*file).and_then(|source| source.text.get(*offset as usize..)).unwrap_or("")
    }

    /// Where a span lies, moved onto what exists: inside the text and on character borders (renderers panic on others).
    pub fn clamp(&self, span: Span) -> Option<Place> {
        let place = self.place(span)?;
        self.get(place.file).map(|source| clamp(&source.text, place))
    }

    /// All texts with their numbers, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.order.iter().filter_map(|file| Some((*file, self.get(*file)?)))
    }
}

fn clamp(text: &str, place: Place) -> Place {
    let mut start = (place.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (place.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Place { start: number(start), end: number(end), ..place }
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
        let start = sources.start(file);
        assert_eq!(sources.text(Span::new(start, 2, 4)), "é𝄞");
        assert_eq!(sources.text(Span::new(start, 7, 99)), "z");
        assert_eq!(sources.text(Span::new(start, 50, 99)), "");
    }

    #[test]
    fn a_span_moves_with_its_anchor() {
        let mut sources = Sources::new();
        let file = sources.add("a.pipe", "let a = 1\nlet b = 2\n");
        let second = sources.anchor(file, 10);
        let name = Span::new(second, 4, 5);
        assert_eq!(sources.text(name), "b");
        sources.clear();
        assert_eq!(sources.add("a.pipe", "// why\nlet a = 1\nlet b = 2\n"), file);
        sources.move_anchor(second, 17);
        assert_eq!(sources.text(name), "b");
        assert_eq!(sources.place(name).map(|place| place.range()), Some(21..22));
    }

    #[test]
    fn places_are_ordered_as_the_texts_are_listed() {
        let mut sources = Sources::new();
        let last = sources.add("z.pipe", "");
        sources.clear();
        let first = sources.add("a.pipe", "");
        sources.add("z.pipe", "");
        let place = |file| sources.place(Span::new(sources.start(file), 0, 0));
        assert!(last < first && place(first) < place(last));
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
