//! Redirections and here-documents. The body of a here-document begins on the line after it.

use super::parser::{Parsed, Parser, Unclear, is_name_byte};
use super::syntax::Redirect;

/// A here-document with an unread body.
pub(super) struct HereDocument {
    delimiter: String,
    /// Whether the body expands variables. It doesn't if a part of its delimiter is quoted.
    expands: bool,
    /// Whether the operator is `<<-`, which ignores tabs at the beginning of a line.
    tabs: bool,
}

impl Parser<'_> {
    /// Reads the body, after the end of the line.
    pub(super) fn here_document(&mut self, document: &HereDocument) -> Parsed<()> {
        let start = self.at;
        loop {
            if self.at >= self.end {
                return Err(Unclear);
            }
            let line_start = self.at;
            while self.peek().is_some_and(|byte| byte != b'\n') {
                self.at += 1;
            }
            let mut line = self.slice(line_start..self.at);
            self.at = (self.at + 1).min(self.end);
            if document.tabs {
                line = line.trim_start_matches('\t');
            }
            if line == document.delimiter {
                let after = self.at;
                if document.expands {
                    let end = std::mem::replace(&mut self.end, line_start);
                    self.at = start;
                    let read = self.nested(Self::here_text);
                    self.end = end;
                    read?;
                } else {
                    self.script.verbatim.push(start..line_start);
                }
                self.at = after;
                return Ok(());
            }
        }
    }

    /// Reads a redirection, if one begins at the current position.
    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let start = self.at;
        let mut length = 0;
        while self.peek_at(length).is_some_and(|byte| byte.is_ascii_digit()) {
            length += 1;
        }
        if length == 0 && self.peek() == Some(b'{') {
            length += 1;
            while self.peek_at(length).is_some_and(is_name_byte) {
                length += 1;
            }
            if self.peek_at(length) != Some(b'}') {
                return Ok(None);
            }
            length += 1;
        }
        let ampersand = length == 0 && self.peek() == Some(b'&') && self.peek_at(1) == Some(b'>');
        if ampersand {
            length = 1;
        }
        let arrow = self.peek_at(length);
        let substitution = length == 0 && self.peek_at(1) == Some(b'(');
        if !matches!(arrow, Some(b'<' | b'>')) || substitution {
            return Ok(None);
        }
        self.at += length;
        let operators: [&str; 10] = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">|", ">&", ">"];
        let operator = operators.into_iter().find(|operator| self.take(operator)).unwrap_or_default();
        let range = start..self.at;
        self.blanks();
        let target = self.word()?;
        if matches!(operator, "<<" | "<<-") {
            let delimiter = target.literal.clone().ok_or(Unclear)?;
            self.pending.push(HereDocument { delimiter, expands: target.plain, tabs: operator == "<<-" });
        }
        Ok(Some(Redirect { operator: range, target }))
    }
}
