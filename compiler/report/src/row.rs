//! Lines for a terminal, built from pieces.

use crate::paint::{Colour, Style, harmless};

/// A partly built line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pieces: Vec<(Option<Style>, String)>,
    width: usize,
}

impl Row {
    /// The number of its columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Appends another line.
    pub(crate) fn then(mut self, other: Row) -> Row {
        self.width += other.width;
        self.pieces.extend(other.pieces);
        self
    }

    pub(crate) fn text(self, text: impl AsRef<str>) -> Row {
        self.piece(None, text.as_ref())
    }

    pub(crate) fn styled(self, style: Style, text: impl AsRef<str>) -> Row {
        self.piece(Some(style), text.as_ref())
    }

    fn piece(mut self, style: Option<Style>, text: &str) -> Row {
        let text = harmless(text).replace(['\n', '\t'], " ");
        self.width += text.chars().count();
        self.pieces.push((style, text));
        self
    }

    /// Adds blanks up to a column.
    pub(crate) fn to(self, column: usize) -> Row {
        let missing = column.saturating_sub(self.width);
        self.text(" ".repeat(missing))
    }

    pub(crate) fn render(&self, colour: Colour) -> String {
        let painted: String = self
            .pieces
            .iter()
            .map(|(style, text)| match style {
                Some(style) if !text.is_empty() => colour.paint(*style, text),
                _ => text.clone(),
            })
            .collect();
        if colour == Colour::Never { painted.trim_end().to_owned() + "\n" } else { painted + "\n" }
    }
}

/// The text in lines of at most `width` characters. It breaks at blanks, if it has any.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + word.len() > width {
            lines.push(String::new());
            length = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            if let Some(line) = lines.last_mut() {
                line.extend(word);
            }
            lines.push(String::new());
            word = rest;
        }
        if let Some(line) = lines.last_mut() {
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            length += word.len();
            line.extend(word);
        }
    }
    lines
}
