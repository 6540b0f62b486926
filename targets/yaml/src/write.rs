//! From the tree to text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Cause, WriteError};
use crate::node::{Document, Item, Mapping, Node, Sequence, Style, Text};
use crate::{comment, scalar};

/// Lists in brackets that would end beyond this column get an item per line.
const LINE_LENGTH: usize = 120;

/// Readers look for the colon of a key within 1024 characters.
const KEY_LENGTH: usize = 1000;

/// GitHub's parser follows 50 levels, the scalars included.
const DEPTH: usize = 49;

/// What indentation is made of, a piece at a time.
const BLANKS: &str = "                ";

/// The largest integer that a double holds exactly.
const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Writes the document as text that every dialect reads as the same tree; the text ends with a line feed.
///
/// # Errors
///
/// What some dialect cannot carry: see [`Cause`].
pub fn write(document: &Document) -> Result<String, WriteError> {
    let mut writer = Writer { out: String::new(), path: Vec::new(), after_kept_newlines: false };
    writer.comments(&document.header, 0);
    if document.root.is_empty() {
        writer.out.push_str("{}\n");
    } else {
        writer.mapping(&document.root, 0, false)?;
    }
    Ok(writer.out)
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
    /// The last line belongs to a `|+` block, to which an empty line would be added.
    after_kept_newlines: bool,
}

impl<'d> Writer<'d> {
    fn fail(&self, cause: Cause) -> WriteError {
        let path = self.path.iter().map(|step| match step {
            Step::Key(key) => (*key).to_owned(),
            Step::Item(index) => index.to_string(),
        });
        WriteError { path: path.collect(), cause }
    }

    /// Writes the entries at an indentation, the first one behind the dash of an item if `behind_dash`.
    fn mapping(&mut self, mapping: &'d Mapping, indent: usize, behind_dash: bool) -> Result<(), WriteError> {
        let mut seen = BTreeSet::new();
        for (index, entry) in mapping.entries.iter().enumerate() {
            self.path.push(Step::Key(&entry.key));
            if !seen.insert(ignoring_case(&entry.key)) {
                return Err(self.fail(Cause::DuplicateKey));
            }
            if index > 0 || !behind_dash {
                if entry.blank_before && (index > 0 || indent == 0) {
                    self.blank();
                }
                self.comments(&entry.comment_above, indent);
                self.indent(indent);
            }
            let key = self.key(&entry.key, entry.bare)?;
            self.put(&key);
            self.put(":");
            self.value(&entry.value, entry.comment_behind.as_deref(), indent, false)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Writes the items at an indentation, the first one behind the dash of an outer item if `behind_dash`.
    fn sequence(
        &mut self,
        sequence: &'d Sequence,
        indent: usize,
        behind_dash: bool,
    ) -> Result<(), WriteError> {
        for (index, item) in sequence.items.iter().enumerate() {
            self.path.push(Step::Item(index));
            if index > 0 || !behind_dash {
                if item.blank_before && index > 0 {
                    self.blank();
                }
                for comments in comments_above_dash(item) {
                    self.comments(comments, indent);
                }
                self.indent(indent);
            }
            self.put("-");
            self.value(&item.value, item.comment_behind.as_deref(), indent, true)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Writes what follows the colon of a key or the dash of an item, to the end of the line and beyond.
    fn value(
        &mut self,
        value: &'d Node,
        behind: Option<&str>,
        indent: usize,
        behind_dash: bool,
    ) -> Result<(), WriteError> {
        let inner = indent.saturating_add(2);
        if matches!(value, Node::Mapping(_) | Node::Sequence(_)) && inner.div_euclid(2) >= DEPTH {
            return Err(self.fail(Cause::TooDeep));
        }
        match value {
            Node::String(text) => self.text(text, behind, inner)?,
            Node::Integer(integer) => {
                let written = self.integer(*integer)?;
                self.end_line(Some(&written), behind);
            }
            Node::Boolean(boolean) => self.end_line(Some(boolean_word(*boolean)), behind),
            Node::Mapping(mapping) if mapping.is_empty() => self.end_line(Some("{}"), behind),
            Node::Sequence(sequence) if sequence.is_empty() => self.end_line(Some("[]"), behind),
            Node::Sequence(sequence) if let Some(brackets) = self.brackets(sequence, behind)? => {
                self.end_line(Some(&brackets), behind);
            }
            Node::Mapping(_) | Node::Sequence(_) => {
                let same_line = behind_dash && behind.is_none();
                if same_line {
                    self.put(" ");
                } else {
                    self.end_line(None, behind);
                }
                match value {
                    Node::Mapping(mapping) => self.mapping(mapping, inner, same_line)?,
                    Node::Sequence(sequence) => self.sequence(sequence, inner, same_line)?,
                    Node::String(_) | Node::Integer(_) | Node::Boolean(_) => {}
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &Text, behind: Option<&str>, indent: usize) -> Result<(), WriteError> {
        let value = text.value.as_str();
        self.refuse_nul(value)?;
        match text.style {
            Style::PlainOrQuoted | Style::Script if scalar::plain_in_block(value) => {
                self.end_line(Some(value), behind);
            }
            Style::PlainOrQuoted | Style::DoubleQuoted => {
                self.end_line(Some(&scalar::double_quoted(value)), behind)
            }
            Style::Script => match scalar::literal_header(value) {
                Some(header) => {
                    self.end_line(Some(&header), behind);
                    self.literal(value, indent);
                    self.after_kept_newlines = header.ends_with('+');
                }
                None => self.quoted_script(value, behind, indent),
            },
        }
        Ok(())
    }

    fn literal(&mut self, text: &str, indent: usize) {
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.indent(indent);
                self.put(line);
            }
            self.out.push('\n');
        }
    }

    fn quoted_script(&mut self, text: &str, behind: Option<&str>, indent: usize) {
        let lines = scalar::double_quoted_lines(text);
        let Some((last, [_, ..])) = lines.split_last() else {
            self.end_line(Some(&scalar::double_quoted(text)), behind);
            return;
        };
        self.put(" \"\\\n");
        for line in lines.iter().take(lines.len().saturating_sub(1)) {
            self.indent(indent);
            self.put(line);
            self.put("\\\n");
        }
        self.indent(indent);
        self.put(last);
        self.put("\"");
        self.end_line(None, behind);
    }

    fn key<'k>(&self, key: &'k str, bare: bool) -> Result<Cow<'k, str>, WriteError> {
        self.refuse_nul(key)?;
        let written = if bare {
            if key.is_empty() || !key.chars().all(|letter| letter.is_ascii_alphabetic()) {
                return Err(self.fail(Cause::BareKey));
            }
            Cow::Borrowed(key)
        } else if scalar::plain_in_flow(key) {
            Cow::Borrowed(key)
        } else {
            Cow::Owned(scalar::double_quoted(key))
        };
        if written.len() > KEY_LENGTH && written.chars().count() > KEY_LENGTH {
            return Err(self.fail(Cause::KeyTooLong));
        }
        Ok(written)
    }

    /// The list in brackets, if that is wanted, possible and short enough for the rest of the line.
    fn brackets(&self, sequence: &Sequence, behind: Option<&str>) -> Result<Option<String>, WriteError> {
        if !sequence.flow {
            return Ok(None);
        }
        let mut parts = Vec::new();
        for item in &sequence.items {
            let commented = !item.comment_above.is_empty() || item.comment_behind.is_some();
            parts.push(match &item.value {
                _ if commented => return Ok(None),
                Node::Integer(integer) => self.integer(*integer)?,
                Node::Boolean(boolean) => boolean_word(*boolean).to_owned(),
                Node::String(Text { value, style }) => {
                    self.refuse_nul(value)?;
                    match style {
                        Style::PlainOrQuoted if scalar::plain_in_flow(value) => value.clone(),
                        Style::PlainOrQuoted | Style::DoubleQuoted => scalar::double_quoted(value),
                        Style::Script => return Ok(None),
                    }
                }
                Node::Sequence(_) | Node::Mapping(_) => return Ok(None),
            });
        }
        let written = format!("[{}]", parts.join(", "));
        let before = self.out.rsplit('\n').next().map_or(0, columns);
        let behind = behind.map_or(0, |text| columns(&comment::line(text)).saturating_add(3));
        let line = [before, 1, columns(&written), behind].into_iter().fold(0, usize::saturating_add);
        Ok((line <= LINE_LENGTH).then_some(written))
    }

    fn integer(&self, integer: i64) -> Result<String, WriteError> {
        if integer.unsigned_abs() > LARGEST_INTEGER {
            return Err(self.fail(Cause::IntegerTooLarge));
        }
        Ok(integer.to_string())
    }

    fn refuse_nul(&self, text: &str) -> Result<(), WriteError> {
        if text.contains('\0') { Err(self.fail(Cause::Nul)) } else { Ok(()) }
    }

    fn put(&mut self, text: &str) {
        self.after_kept_newlines = false;
        self.out.push_str(text);
    }

    fn indent(&mut self, columns: usize) {
        self.after_kept_newlines = false;
        let whole = columns.div_euclid(BLANKS.len());
        (0..whole).for_each(|_| self.out.push_str(BLANKS));
        self.out.push_str(BLANKS.get(..columns.rem_euclid(BLANKS.len())).unwrap_or_default());
    }

    fn end_line(&mut self, value: Option<&str>, behind: Option<&str>) {
        if let Some(value) = value {
            self.put(" ");
            self.put(value);
        }
        if let Some(behind) = behind {
            let text = comment::line(behind);
            self.put(" #");
            if !text.is_empty() {
                self.put(" ");
                self.put(&text);
            }
        }
        self.put("\n");
    }

    fn comments(&mut self, texts: &[String], indent: usize) {
        for line in texts.iter().flat_map(|text| comment::lines(text)) {
            self.indent(indent);
            self.put(if line.is_empty() { "#" } else { "# " });
            self.put(&line);
            self.put("\n");
        }
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.after_kept_newlines {
            self.put("\n");
        }
    }
}

/// The comments above an item, and those of the entry or item that shares the line of its dash.
fn comments_above_dash(item: &Item) -> Vec<&[String]> {
    let mut comments = vec![item.comment_above.as_slice()];
    if item.comment_behind.is_none() {
        match &item.value {
            Node::Mapping(mapping) => {
                comments.extend(mapping.entries.first().map(|entry| entry.comment_above.as_slice()))
            }
            Node::Sequence(sequence) => {
                comments.extend(sequence.items.first().into_iter().flat_map(comments_above_dash))
            }
            Node::String(_) | Node::Integer(_) | Node::Boolean(_) => {}
        }
    }
    comments
}

/// What keys have in common that differ in case alone.
fn ignoring_case(key: &str) -> Cow<'_, str> {
    if !key.is_ascii() {
        Cow::Owned(key.to_uppercase().to_lowercase())
    } else if key.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

fn boolean_word(boolean: bool) -> &'static str {
    if boolean { "true" } else { "false" }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}
