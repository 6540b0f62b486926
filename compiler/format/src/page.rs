//! Paper: it takes words, breaks and comments, and keeps the columns. Spaces and line ends are written when something
//! follows them, so none is ever left over.

use crate::raw;

/// What is due before the next word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Space,
    Line { indent: usize },
}

/// A text in the making.
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

    /// The column the next word would stand in.
    pub(crate) fn column(&self) -> usize {
        match self.due {
            Due::Nothing => self.column,
            Due::Space => self.column + 1,
            Due::Line { indent } => indent,
        }
    }

    /// How far the line of the next word is indented.
    pub(crate) fn indent(&self) -> usize {
        match self.due {
            Due::Line { indent } => indent,
            Due::Nothing | Due::Space => self.indent,
        }
    }

    /// Whether the next word begins a line.
    pub(crate) fn at_line_start(&self) -> bool {
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

    /// Leaves a line empty before the next, which has been asked for.
    pub(crate) fn blank_line(&mut self) {
        self.blank = true;
    }

    pub(crate) fn word(&mut self, text: &str) {
        self.settle();
        self.out.push_str(text);
        self.column += width(text);
    }

    /// A raw string of several lines. Its text stands deeper than the line it begins on, so that a reader, and the
    /// parser that looks for a missing end, sees where it stops.
    pub(crate) fn raw_string(&mut self, lines: &[&str]) {
        self.settle();
        let margin = self.indent + 2;
        raw::write(&mut self.out, lines, margin);
        self.column = margin + 3;
    }

    /// A comment behind what was written last; what follows begins a line, at `indent` unless that is settled.
    pub(crate) fn comment_behind(&mut self, text: &str, indent: usize) {
        self.out.push_str(if self.out.is_empty() { "" } else { "  " });
        self.out.push_str(text);
        self.line_unless_due(indent);
    }

    /// A comment on a line of its own, at `indent` unless that is settled.
    pub(crate) fn comment_above(&mut self, text: &str, indent: usize) {
        self.line_unless_due(indent);
        let indent = self.indent();
        self.word(text);
        self.line(indent);
    }

    fn line_unless_due(&mut self, indent: usize) {
        if !self.at_line_start() {
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

    /// The text, ended by one line end unless it is empty.
    pub(crate) fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}
