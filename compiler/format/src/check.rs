//! The formatter checks itself: its result has the same meaning, words and comments.
//!
//! For example, if `artifact app: binary {}` became `artefact app:binary {}`, the trees would be equal; if a comment
//! were lost, the tokens would differ, and the formatter would refuse its own result with P0099.

use std::fmt::{self, Write};

use pipec_base::Anchor;
use pipec_syntax::{Parsed, Token, TokenKind};

use crate::raw;

/// Whether `after` has the same content as `before`.
pub(crate) fn says_the_same(anchor: Anchor, before: (&str, &Parsed), after: &str) -> bool {
    let parsed = pipec_syntax::parse(anchor, after);
    !parsed.diagnostics.iter().any(crate::is_syntax_error)
        && same_tokens(before.0, before.1.tokens.as_slice(), after, parsed.tokens.as_slice())
        && without_spans(&before.1.tree) == without_spans(&parsed.tree)
}

fn same_tokens(left: &str, left_tokens: &[Token], right: &str, right_tokens: &[Token]) -> bool {
    left_tokens.len() == right_tokens.len()
        && left_tokens.iter().zip(right_tokens).all(|(left_token, right_token)| {
            left_token.kind == right_token.kind
                && same_text(left_token.kind, left_token.text(left), right_token.text(right))
        })
}

fn same_text(kind: TokenKind, left: &str, right: &str) -> bool {
    match kind {
        TokenKind::RawString => match (raw::lines(left), raw::lines(right)) {
            (None, None) => left == right,
            (left, right) => left == right,
        },
        TokenKind::Word => left == right || (left == "artifact" && right == "artefact"),
        TokenKind::Comment | TokenKind::Documentation => left.trim_end() == right,
        _ => left == right,
    }
}

/// A tree as text, without its spans and the spelling of `artefact`.
fn without_spans(tree: &pipec_syntax::ast::File) -> String {
    let mut text = Spanless::default();
    // Writing to a string does not fail.
    let _ = write!(text, "{tree:?}");
    text.kept.replace("spelt_with_i: true", "spelt_with_i: false")
}

/// Keeps written text except for spans (`0:12..15`) outside quotes.
#[derive(Default)]
struct Spanless {
    kept: String,
    quoted: bool,
    escaped: bool,
    /// The possible beginning of a span: digits, colon, digits, two dots, digits.
    pending: String,
}

impl Spanless {
    fn take(&mut self, character: char) {
        if self.quoted {
            self.kept.push(character);
            self.quoted = self.escaped || character != '"';
            self.escaped = !self.escaped && character == '\\';
        } else if character.is_ascii_digit() || matches!(character, ':' | '.') {
            self.pending.push(character);
        } else {
            if !is_span(&self.pending) {
                self.kept.push_str(&self.pending);
            }
            self.pending.clear();
            self.kept.push(character);
            self.quoted = character == '"';
        }
    }
}

impl Write for Spanless {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().for_each(|character| self.take(character));
        Ok(())
    }
}

fn is_span(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(':').is_some_and(|(file, range)| {
        number(file) && range.split_once("..").is_some_and(|(start, end)| number(start) && number(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let mut spanless = Spanless::default();
        write!(spanless, "{text};").expect("a string takes everything");
        spanless.kept
    }

    #[test]
    fn only_spans_are_left_out() {
        assert_eq!(kept("span: 0:12..15, n: 5"), "span: , n: 5;");
        assert_eq!(kept(r#""0:1..2", "a\"0:1..2""#), r#""0:1..2", "a\"0:1..2";"#);
        assert_eq!(kept("Time { hour: 8 }"), "Time { hour: 8 };");
    }

    #[test]
    fn lost_words_changed_strings_and_lost_comments_are_detected() {
        let anchor = Anchor(0);
        let before = "let a = \"x\" // why\n";
        let parsed = pipec_syntax::parse(anchor, before);
        let same = |after: &str| says_the_same(anchor, (before, &parsed), after);
        assert!(same("let a = \"x\"  // why\n"));
        assert!(!same("let a = \"y\"  // why\n"));
        assert!(!same("let a = \"x\"\n"));
        assert!(!same("// why\nlet a = \"x\"\n"));
        assert!(!same("let a =\n"));
    }
}
