//! Source texts and positions in them.
//!
//! Positions are byte offsets into UTF-8 text throughout the compiler. Only its outputs convert them to lines and
//! columns, with a [`LineIndex`]. For example, if a declaration starts at byte 100 of a file, its anchor is at 100, and
//! its name at the bytes 109 to 112 of the file has the span 9 to 12 from that anchor.

use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A source text's number. It is the same for a path during a whole session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A point in a source text that spans are counted from. It is the start of a file, or of a declaration in it.
///
/// Only [`Sources`] knows where an anchor is. An edit above a declaration moves its anchor and changes no span in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor(pub u32);

/// The number of a reading of a text or of a piece of it. No two readings of a session have the same.
///
/// What was read is the same as long as the revision of its anchor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u32);

/// A half-open range of bytes, counted from an anchor, with `start <= end`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The anchor.
    pub anchor: Anchor,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` after `anchor`. A reversed range becomes the empty one at `start`.
    pub fn new(anchor: Anchor, start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { anchor, start, end: end.max(start) }
    }

    /// The smallest span over both. If their anchors differ, `self`.
    pub fn to(self, other: Span) -> Span {
        if self.anchor != other.anchor {
            return self;
        }
        Span { anchor: self.anchor, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Whether `other` is inside. Equal ends count as inside.
    pub fn contains(self, other: Span) -> bool {
        self.anchor == other.anchor && self.start <= other.start && other.end <= self.end
    }

    /// Its bytes, counted from its anchor.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The order of spans with the same anchor. For different anchors, [`Sources::place`] gives the order.
    pub fn bounds(self) -> (u32, u32) {
        (self.start, self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.anchor.0, self.start, self.end)
    }
}

/// The place of a span in its source text. Places are ordered as [`Sources`] lists the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The number of texts before its own.
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

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// The place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value written at `span`.
    pub fn new(node: T, span: Span) -> Spanned<T> {
        Spanned { node, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { node: change(self.node), span: self.span }
    }
}

/// One source text: its path relative to the workspace (with `/`), and its content.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path relative to the workspace, as people know it.
    pub path: Arc<str>,
    /// Its content.
    pub text: Arc<str>,
}

/// All source texts of a compilation, and the places of their anchors.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The texts by number. The number of a removed text is not given to another path.
    files: Vec<Option<File>>,
    /// The anchor at the start of each text, by number.
    starts: Vec<Anchor>,
    /// The numbers of the current texts, in order.
    order: Vec<FileId>,
    /// By number: where each anchor lies.
    anchors: Vec<Point>,
    /// How many readings there have been.
    revisions: u32,
    /// The number of each path that was ever there. Shared, because each compilation has a copy of the sources.
    numbers: Arc<FxHashMap<Arc<str>, FileId>>,
}

/// Where an anchor lies.
#[derive(Clone, Copy, Debug)]
struct Point {
    file: FileId,
    offset: u32,
    revision: Revision,
}

#[derive(Clone, Debug)]
struct File {
    source: Source,
    /// Its index in the order of the texts.
    rank: u32,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Sources {
    /// An empty collection.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Adds a text after all others and returns its number. A path that existed before keeps its number.
    pub fn add(&mut self, path: &str, text: impl Into<Arc<str>>) -> FileId {
        // A standard module may have the same path as a file of the workspace.
        let mut name = Cow::Borrowed(path);
        let (path, file) = loop {
            match self.numbers.get_key_value(name.as_ref()) {
                Some((_, file)) if self.get(*file).is_some() => name.to_mut().push('\0'),
                Some((known, file)) if known.len() == path.len() => break (known.clone(), *file),
                Some((_, file)) => break (path.into(), *file),
                None => break (path.into(), self.new_file(name.into())),
            }
        };
        let text = text.into();
        let rank = number(self.order.len());
        if let Some(slot) = self.files.get_mut(file.0 as usize) {
            *slot = Some(File { source: Source { path, text }, rank });
        }
        self.order.push(file);
        file
    }

    fn new_file(&mut self, name: Arc<str>) -> FileId {
        let file = FileId(number(self.files.len()));
        self.files.push(None);
        let start = self.anchor(file, 0);
        self.starts.push(start);
        Arc::make_mut(&mut self.numbers).insert(name, file);
        file
    }

    /// Removes all texts, but keeps the numbers of their paths and their anchors.
    pub fn clear(&mut self) {
        self.order.clear();
        self.files.fill_with(|| None);
    }

    /// Creates an anchor at a byte of a text.
    pub fn anchor(&mut self, file: FileId, offset: usize) -> Anchor {
        let anchor = Anchor(number(self.anchors.len()));
        let revision = self.next_revision();
        self.anchors.push(Point { file, offset: number(offset), revision });
        anchor
    }

    /// Notes that what lies at an anchor was read again.
    pub fn renew(&mut self, anchor: Anchor) {
        let revision = self.next_revision();
        if let Some(point) = self.anchors.get_mut(anchor.0 as usize) {
            point.revision = revision;
        }
    }

    fn next_revision(&mut self) -> Revision {
        self.revisions = self.revisions.saturating_add(1);
        Revision(self.revisions)
    }

    /// The last reading of what lies at an anchor.
    pub fn revision(&self, anchor: Anchor) -> Revision {
        self.anchors.get(anchor.0 as usize).map_or(Revision::default(), |point| point.revision)
    }

    /// Moves an anchor to another byte of its text.
    pub fn move_anchor(&mut self, anchor: Anchor, offset: usize) {
        if let Some(point) = self.anchors.get_mut(anchor.0 as usize) {
            point.offset = number(offset);
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

    /// The text with a number.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.get_file(file).map(|file| &file.source)
    }

    /// The path of a text. Empty for an unknown number.
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| &source.path)
    }

    /// The text of a span.
    pub fn file_of(&self, span: Span) -> Option<FileId> {
        self.place(span).map(|place| place.file)
    }

    /// The place of a span in its text. `None` if the text is unknown.
    pub fn place(&self, span: Span) -> Option<Place> {
        let Point { file, offset, .. } = *self.anchors.get(span.anchor.0 as usize)?;
        let rank = self.get_file(file)?.rank;
        let at = |byte: u32| offset.saturating_add(byte);
        Some(Place { rank, file, start: at(span.start), end: at(span.end) })
    }

    /// The text of a span, clamped to existing whole characters.
    pub fn text(&self, span: Span) -> &str {
        let Some(place) = self.clamp(span) else { return "" };
        self.get(place.file).and_then(|source| source.text.get(place.range())).unwrap_or("")
    }

    /// The rest of a text after an anchor.
    pub fn text_from(&self, anchor: Anchor) -> &str {
        let Some(point) = self.anchors.get(anchor.0 as usize) else { return "" };
        let source = self.get(point.file);
        source.and_then(|source| source.text.get(point.offset as usize..)).unwrap_or("")
    }

    /// The place of a span, clamped to the text and to character boundaries. Renderers panic on other places.
    pub fn clamp(&self, span: Span) -> Option<Place> {
        let place = self.place(span)?;
        self.get(place.file).map(|source| clamp(&source.text, place))
    }

    /// All texts with their numbers, in the order of their addition.
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

/// A line and a column, both from 0. The method that made it defines the unit of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 0.
    pub line: u32,
    /// The column, from 0.
    pub column: u32,
}

/// The starts of a text's lines. Converts byte offsets to lines and columns and back. A line ends at `\n`.
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

    /// The line and column of a byte offset, as people count. The column is in characters (Unicode scalar values).
    pub fn characters(&self, offset: usize) -> LineColumn {
        self.position(offset, |before| before.chars().count())
    }

    /// The line and column of a byte offset, as editors count. The column is in UTF-16 code units.
    pub fn utf16(&self, offset: usize) -> LineColumn {
        self.position(offset, |before| before.encode_utf16().count())
    }

    /// The byte offset of a line and a column in UTF-16 code units. A column past the end of the line becomes that end.
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
