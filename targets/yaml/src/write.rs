//! Writes the tree as text.

use memchr::memchr_iter;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use crate::error::{Cause, WriteError};
use crate::node::{Document, Entry, Item, Mapping, Node, Sequence, Style, Text};
use crate::{comment, scalar};

/// The maximum length of a line that may end earlier: with a list in brackets, or with a text of several lines.
const LINE_LENGTH: usize = 120;

/// The maximum length of a key. Readers look for its colon within 1024 characters.
const KEY_LENGTH: usize = 1000;

/// The maximum depth. GitHub's parser follows 50 levels, including scalars.
const DEPTH: usize = 49;

/// The initial size of the output. Most files fit, so it rarely grows.
const CAPACITY: usize = 1 << 16;

/// A piece of indentation.
const BLANKS: &str = "                ";

/// The largest integer that a double holds exactly.
const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Writes the document as text that every dialect reads as the same tree. The text ends with a line feed.
///
/// # Errors
///
/// If some dialect can't represent the document: see [`Cause`].
pub fn write(document: &Document<'_>) -> Result<String, WriteError> {
    let mut writer = Writer { out: String::with_capacity(CAPACITY), path: Vec::new() };
    writer.comments(&document.header, 0);
    if document.root.is_empty() {
        writer.out.push_str("{}\n");
    } else {
        writer.mapping(&document.root, 0, false)?;
    }
    Ok(writer.out)
}

/// Writes the document, an empty line, and a last key of its root with the mapping of these entries.
///
/// It gives the text that [`write()`] gives for the whole document. But it takes one entry after the other, so a large
/// mapping never exists as a whole.
///
/// # Errors
///
/// If some dialect can't represent the document: see [`Cause`].
pub fn write_with_entries<'e>(
    document: &Document<'_>,
    key: &str,
    entries: impl IntoIterator<Item = Entry<'e>>,
) -> Result<String, WriteError> {
    let mut writer = Writer { out: write(document)?, path: vec![Step::Key(key)] };
    if document.root.entries.iter().any(|entry| folded(&entry.key) == folded(key)) {
        return Err(writer.fail(Cause::DuplicateKey));
    }
    if document.root.is_empty() {
        writer.out.truncate(writer.out.len().saturating_sub("{}\n".len()));
    }
    writer.blank();
    writer.key(key, false)?;
    writer.out.push(':');
    let mut out = writer.out;
    let mut keys: HashSet<String> = HashSet::new();
    for entry in entries {
        let is_first = keys.is_empty();
        if is_first {
            out.push('\n');
        }
        let mut writer = Writer { out, path: vec![Step::Key(key), Step::Key(&entry.key)] };
        if !keys.insert(folded(&entry.key)) {
            return Err(writer.fail(Cause::DuplicateKey));
        }
        writer.entry(&entry, 2, is_first, false)?;
        out = writer.out;
    }
    if keys.is_empty() {
        out.push_str(" {}\n");
    }
    Ok(out)
}

/// A step from the root to a place.
#[derive(Clone, Copy)]
enum Step<'d> {
    Key(&'d str),
    Item(usize),
}

struct Writer<'d> {
    out: String,
    path: Vec<Step<'d>>,
}

impl<'d> Writer<'d> {
    fn fail(&self, cause: Cause) -> WriteError {
        let path = self.path.iter().map(|step| match step {
            Step::Key(key) => (*key).to_owned(),
            Step::Item(index) => index.to_string(),
        });
        WriteError { path: path.collect(), cause }
    }

    /// Writes the entries at an indentation. If `after_dash`, the first is on the line of an item's dash.
    fn mapping(
        &mut self,
        mapping: &'d Mapping<'_>,
        indent: usize,
        after_dash: bool,
    ) -> Result<(), WriteError> {
        let repeated = repeated_key(mapping);
        for (index, entry) in mapping.entries.iter().enumerate() {
            self.path.push(Step::Key(&entry.key));
            if repeated == Some(index) {
                return Err(self.fail(Cause::DuplicateKey));
            }
            self.entry(entry, indent, index == 0, after_dash && index == 0)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Writes an entry of a mapping at an indentation, on a line of its own or on that of a dash.
    fn entry(
        &mut self,
        entry: &'d Entry<'_>,
        indent: usize,
        is_first: bool,
        after_dash: bool,
    ) -> Result<(), WriteError> {
        if !after_dash {
            if entry.blank_before && (!is_first || indent == 0) {
                self.blank();
            }
            self.comments(&entry.comment_above, indent);
            self.indent(indent);
        }
        self.key(&entry.key, entry.bare)?;
        self.out.push(':');
        self.value(&entry.value, entry.trailing_comment.as_deref(), indent, false)
    }

    /// Writes the items at an indentation. If `after_dash`, the first is on the line of an outer item's dash.
    fn sequence(
        &mut self,
        sequence: &'d Sequence<'_>,
        indent: usize,
        after_dash: bool,
    ) -> Result<(), WriteError> {
        for (index, item) in sequence.items.iter().enumerate() {
            self.path.push(Step::Item(index));
            if index > 0 || !after_dash {
                if item.blank_before && index > 0 {
                    self.blank();
                }
                self.comments_above_dash(item, indent);
                self.indent(indent);
            }
            self.out.push('-');
            self.value(&item.value, item.trailing_comment.as_deref(), indent, true)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Writes a value after the colon of a key or the dash of an item. It may take more lines.
    fn value(
        &mut self,
        value: &'d Node<'_>,
        trailing: Option<&str>,
        indent: usize,
        after_dash: bool,
    ) -> Result<(), WriteError> {
        let inner = indent.saturating_add(2);
        if matches!(value, Node::Mapping(_) | Node::Sequence(_)) && inner.div_euclid(2) >= DEPTH {
            return Err(self.fail(Cause::TooDeep));
        }
        match value {
            Node::String(text) => self.text(text, trailing, inner)?,
            Node::Integer(integer) => {
                self.out.push(' ');
                self.integer(*integer)?;
                self.end_line(trailing);
            }
            Node::Boolean(boolean) => {
                self.out.push(' ');
                self.boolean(*boolean);
                self.end_line(trailing);
            }
            Node::Mapping(mapping) if mapping.is_empty() => {
                self.out.push_str(" {}");
                self.end_line(trailing);
            }
            Node::Sequence(sequence) if sequence.is_empty() => {
                self.out.push_str(" []");
                self.end_line(trailing);
            }
            Node::Sequence(sequence) => {
                if !self.brackets(sequence, trailing, inner)? {
                    let same_line = self.begin_block(trailing, after_dash);
                    self.sequence(sequence, inner, same_line)?;
                }
            }
            Node::Mapping(mapping) => {
                let same_line = self.begin_block(trailing, after_dash);
                self.mapping(mapping, inner, same_line)?;
            }
        }
        Ok(())
    }

    /// Ends the line of a key or a dash, unless the value may share it. Returns whether it ended.
    fn begin_block(&mut self, trailing: Option<&str>, after_dash: bool) -> bool {
        let same_line = after_dash && trailing.is_none();
        if same_line {
            self.out.push(' ');
        } else {
            self.end_line(trailing);
        }
        same_line
    }

    fn text(&mut self, text: &Text<'_>, trailing: Option<&str>, indent: usize) -> Result<(), WriteError> {
        let value = text.value.as_ref();
        match text.style {
            Style::PlainOrQuoted | Style::Script if scalar::is_plain_in_block(value) => {
                self.out.push(' ');
                self.out.push_str(value);
                self.end_line(trailing);
            }
            Style::Script if let Some(header) = scalar::literal_header(value) => {
                self.out.push(' ');
                self.out.push_str(header);
                self.end_line(trailing);
                self.literal(value, indent);
            }
            Style::Script => self.quoted_script(value, trailing, indent)?,
            Style::Wrapped => self.wrapped(value, trailing, indent)?,
            Style::PlainOrQuoted | Style::DoubleQuoted => {
                self.out.push(' ');
                self.quote(value)?;
                self.end_line(trailing);
            }
        }
        Ok(())
    }

    /// Writes a text whose line feeds are spaces. If it is plain and too long for its line, each of its lines has its own.
    fn wrapped(&mut self, text: &str, trailing: Option<&str>, indent: usize) -> Result<(), WriteError> {
        let value = text.replace('\n', " ");
        let column = self.out.rsplit('\n').next().unwrap_or_default().chars().count();
        self.out.push(' ');
        if !scalar::is_plain_in_block(&value) {
            self.quote(&value)?;
        } else if column.saturating_add(1 + value.chars().count()) <= LINE_LENGTH
            || !scalar::may_be_lines(text)
        {
            self.out.push_str(&value);
        } else {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.out.push('\n');
                    self.indent(indent);
                }
                self.out.push_str(line);
            }
        }
        self.end_line(trailing);
        Ok(())
    }

    fn literal(&mut self, text: &str, indent: usize) {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let mut start = 0;
        for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
            start = end.saturating_add(1);
        }
    }

    /// Writes a script in double quotes, with one line for each of its lines. A backslash escapes the line break.
    fn quoted_script(&mut self, text: &str, trailing: Option<&str>, indent: usize) -> Result<(), WriteError> {
        self.refuse_nul(text)?;
        let has_lines = text.strip_suffix('\n').unwrap_or(text).contains('\n');
        self.out.push_str(" \"");
        for line in text.split_inclusive('\n') {
            if has_lines {
                self.out.push_str("\\\n");
                self.indent(indent);
                // Readers drop the blanks after an escaped line break.
                if line.starts_with(' ') {
                    self.out.push('\\');
                }
            }
            scalar::escape(line, &mut self.out);
        }
        self.out.push('"');
        self.end_line(trailing);
        Ok(())
    }

    fn key(&mut self, key: &str, bare: bool) -> Result<(), WriteError> {
        let start = self.out.len();
        if bare {
            if key.is_empty() || !key.chars().all(|letter| letter.is_ascii_alphabetic()) {
                return Err(self.fail(Cause::BareKey));
            }
            self.out.push_str(key);
        } else if scalar::is_plain_in_flow(key) {
            self.out.push_str(key);
        } else {
            self.quote(key)?;
        }
        let written = self.out.get(start..).unwrap_or_default();
        if written.len() > KEY_LENGTH && written.chars().count() > KEY_LENGTH {
            return Err(self.fail(Cause::KeyTooLong));
        }
        Ok(())
    }

    /// Writes the list in brackets, if that is preferred and possible. Returns whether it did.
    ///
    /// A list that is too long for its line has several.
    fn brackets(
        &mut self,
        sequence: &'d Sequence<'_>,
        trailing: Option<&str>,
        indent: usize,
    ) -> Result<bool, WriteError> {
        if !sequence.flow || !sequence.items.iter().all(fits_in_brackets) {
            return Ok(false);
        }
        self.out.push_str(" [");
        let mut column = self.out.rsplit('\n').next().unwrap_or_default().chars().count();
        for (index, item) in sequence.items.iter().enumerate() {
            let start = self.out.len();
            match &item.value {
                Node::String(Text { value, style: Style::PlainOrQuoted })
                    if scalar::is_plain_in_flow(value) =>
                {
                    self.out.push_str(value);
                }
                Node::String(text) => self.quote(&text.value)?,
                Node::Integer(integer) => self.integer(*integer)?,
                Node::Boolean(boolean) => self.boolean(*boolean),
                Node::Sequence(_) | Node::Mapping(_) => {}
            }
            let written = self.out.split_off(start);
            let length = written.chars().count();
            // A comma and a blank come before it, and a comma or bracket after it.
            if index == 0 {
                column = column.saturating_add(length);
            } else if column.saturating_add(length + 3) <= LINE_LENGTH {
                self.out.push_str(", ");
                column = column.saturating_add(length + 2);
            } else {
                self.out.push_str(",\n");
                self.indent(indent);
                column = indent.saturating_add(length);
            }
            self.out.push_str(&written);
        }
        self.out.push(']');
        self.end_line(trailing);
        Ok(true)
    }

    fn quote(&mut self, text: &str) -> Result<(), WriteError> {
        self.refuse_nul(text)?;
        scalar::quote(text, &mut self.out);
        Ok(())
    }

    fn integer(&mut self, integer: i64) -> Result<(), WriteError> {
        if integer.unsigned_abs() > LARGEST_INTEGER {
            return Err(self.fail(Cause::IntegerTooLarge));
        }
        self.out.push_str(&integer.to_string());
        Ok(())
    }

    fn boolean(&mut self, boolean: bool) {
        self.out.push_str(if boolean { "true" } else { "false" });
    }

    fn refuse_nul(&self, text: &str) -> Result<(), WriteError> {
        if text.contains('\0') { Err(self.fail(Cause::Nul)) } else { Ok(()) }
    }

    fn indent(&mut self, columns: usize) {
        let whole = columns.div_euclid(BLANKS.len());
        (0..whole).for_each(|_| self.out.push_str(BLANKS));
        self.out.push_str(BLANKS.get(..columns.rem_euclid(BLANKS.len())).unwrap_or_default());
    }

    /// Ends the line, with a comment if there is one.
    fn end_line(&mut self, trailing: Option<&str>) {
        if let Some(trailing) = trailing {
            let text = comment::line(trailing);
            self.out.push_str(if text.is_empty() { " #" } else { " # " });
            self.out.push_str(&text);
        }
        self.out.push('\n');
    }

    fn comments(&mut self, texts: &[Cow<'_, str>], indent: usize) {
        for line in texts.iter().flat_map(|text| comment::lines(text)) {
            self.indent(indent);
            self.out.push_str(if line.is_empty() { "#" } else { "# " });
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    /// Writes the comments above an item. They include those of the entry or item on the line of its dash.
    fn comments_above_dash(&mut self, item: &Item<'_>, indent: usize) {
        self.comments(&item.comment_above, indent);
        if item.trailing_comment.is_some() {
            return;
        }
        match &item.value {
            Node::Mapping(mapping) => {
                let above = mapping.entries.first().map(|entry| entry.comment_above.as_slice());
                self.comments(above.unwrap_or_default(), indent);
            }
            Node::Sequence(sequence) => {
                if let Some(first) = sequence.items.first() {
                    self.comments_above_dash(first, indent);
                }
            }
            Node::String(_) | Node::Integer(_) | Node::Boolean(_) => {}
        }
    }

    /// Writes an empty line. It writes none if the line would become part of a `|+` block: only such a block ends in an
    /// empty line.
    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// Whether an item is a scalar that may share its line with others.
fn fits_in_brackets(item: &Item<'_>) -> bool {
    let is_scalar = match &item.value {
        Node::Integer(_) | Node::Boolean(_) => true,
        Node::String(text) => !matches!(text.style, Style::Script | Style::Wrapped),
        Node::Sequence(_) | Node::Mapping(_) => false,
    };
    is_scalar && item.comment_above.is_empty() && item.trailing_comment.is_none()
}

/// The first entry with the key of an earlier one.
fn repeated_key(mapping: &Mapping<'_>) -> Option<usize> {
    let entries = mapping.entries.iter().enumerate();
    let mut keys: Vec<_> = entries.map(|(index, entry)| (ignoring_case(&entry.key), index)).collect();
    keys.sort_unstable_by(|(one, first), (other, second)| compare(one, other).then(first.cmp(second)));
    let pairs = keys.iter().zip(keys.iter().skip(1));
    pairs.filter(|((one, _), (other, _))| compare(one, other).is_eq()).map(|(_, (_, index))| *index).min()
}

/// A form of a key that ignores the case of letters beyond ASCII.
fn ignoring_case(key: &str) -> Cow<'_, str> {
    if key.is_ascii() { Cow::Borrowed(key) } else { Cow::Owned(key.to_uppercase().to_lowercase()) }
}

/// The form of a key that is equal for keys that differ only in case.
fn folded(key: &str) -> String {
    ignoring_case(key).to_ascii_lowercase()
}

/// The order of keys, shorter ones first. Keys that differ only in case are equal.
fn compare(one: &str, other: &str) -> Ordering {
    let letters = |key| str::bytes(key).map(|letter| letter.to_ascii_lowercase());
    one.len().cmp(&other.len()).then_with(|| letters(one).cmp(letters(other)))
}
