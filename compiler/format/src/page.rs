//! The page that the formatter writes on. It takes words, breaks and comments, and counts columns.
//!
//! Spaces and line ends are written only when text follows, so that no superfluous ones remain.

use crate::raw;

/// The space before the next word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Space,
    Line { indent: usize },
}

/// A partly written text.
#[derive(Debug)]
pub(crate) struct Page {
    out: String,
    due: Due,
    blank: bool,
    column: usize,
    indent: usize,
}

impl Page {
    pub(crate) fn new() -> Page {
        Page { out: String::new(), due: Due::Nothing, blank: false, column: 0, indent: 0 }
    }

    /// The column of the next word.
    pub(crate) fn column(&self) -> usize {
        match self.due {
            Due::Nothing => self.column,
            Due::Space => self.column + 1,
            Due::Line { indent } => indent,
        }
    }

    /// The indentation of the next word's line.
    pub(crate) fn indent(&self) -> usize {
        match self.due {
            Due::Line { indent } => indent,
            Due::Nothing | Due::Space => self.indent,
        }
    }

    /// Whether the next word starts a line.
    pub(crate) fn is_at_line_start(&self) -> bool {
        matches!(self.due, Due::Line { .. })
    }

    pub(crate) fn space(&mut self) {
        if self.due == Due::Nothing && !self.out.is_empty() {
            self.due = Due::Space;
        }
    }

    pub(crate) fn line(&mut self, indent: usize) {
        self.due = Due::Line { indent };
    }

    /// Adds an empty line before the next line, which must have been requested.
    pub(crate) fn blank_line(&mut self) {
        self.blank = true;
    }

    pub(crate) fn word(&mut self, text: &str) {
        self.settle();
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Writes a raw string of several lines. Its text is indented more than its first line, so that a person, and the
    /// parser in search of a missing end, sees where it ends.
    pub(crate) fn raw_string(&mut self, lines: &[&str]) {
        self.settle();
        let margin = self.indent + 2;
        raw::write(&mut self.out, lines, margin);
        self.column = margin + 3;
    }

    /// Writes a comment after the last text. The next text starts a line, at `indent` if no other indentation is set.
    pub(crate) fn trailing_comment(&mut self, text: &str, indent: usize) {
        self.out.push_str(if self.out.is_empty() { "" } else { "  " });
        self.out.push_str(text);
        self.line_unless_due(indent);
    }

    /// Writes a comment on its own line, at `indent` if no other indentation is set.
    pub(crate) fn comment_above(&mut self, text: &str, indent: usize) {
        self.line_unless_due(indent);
        let indent = self.indent();
        self.word(text);
        self.line(indent);
    }

    fn line_unless_due(&mut self, indent: usize) {
        if !self.is_at_line_start() {
            self.line(indent);
        }
    }

    fn settle(&mut self) {
        match std::mem::replace(&mut self.due, Due::Nothing) {
            Due::Nothing => {}
            Due::Space => {
                self.out.push(' ');
                self.column += 1;
            }
            Due::Line { indent } => {
                if !self.out.is_empty() {
                    self.out.push_str(if self.blank { "\n\n" } else { "\n" });
                }
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.column = indent;
                self.indent = indent;
            }
        }
        self.blank = false;
    }

    /// The text. It ends with one line end, unless it is empty.
    pub(crate) fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

/// The number of columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}
