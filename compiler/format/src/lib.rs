//! The layout of `.pipe` files.
//!
//! - Indentation is two spaces. Each clause has its own line. There is one space between words, and none before `,` `:`
//!   `.` and the parentheses of a call. No columns are aligned: a change to one line never touches its neighbours.
//! - A block that the author wrote on one line stays on one line, with two spaces between its clauses, if it fits and
//!   contains neither a comment nor another block. In any other block, each clause has its own line. So the author
//!   chooses between `{ run "cargo test" }` and three lines, and formatting again changes nothing. An empty block is
//!   `{}`.
//! - A line has at most 100 columns. Longer lists of names break after a comma, conditions before `and`, `or` and
//!   `when`, reasons before `because`, one-of types before `|`. The continuation is indented by four more. If a list in
//!   parentheses or brackets does not fit, each element has its own line. A line without such a place stays long.
//! - Several blank lines become one. Those after `{`, before `}`, after `///` and after `allow` are removed. Between
//!   two declarations, one of which takes several lines, there is one.
//! - Comments keep their place: on their own line, or after code, two spaces before `//`. A comment in the middle of a
//!   clause breaks the line.
//! - A raw string of several lines moves as a whole: its margin is the indentation of its first line plus two. Its text
//!   never changes.
//! - `artifact` becomes `artefact`; no other word changes. Line ends become `\n`, and the file ends with one. Blanks at
//!   the end of a line and a byte order mark are removed.
//!
//! The result is parsed again and compared, by token and as a tree, before it is returned.

mod check;
mod clauses;
mod head;
mod layout;
mod outline;
mod page;
mod raw;

use std::borrow::Cow;

use pipec_base::{Anchor, Diagnostic, Span, codes};
use pipec_syntax::{Parsed, Tokens};

/// The result of formatting a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formatted {
    /// The formatted text.
    Done(String),
    /// No result, and the reason. The text does not parse, or the formatter does not trust its own result (P0099).
    Broken(Vec<Diagnostic>),
}

/// Formats a text. A text with syntax errors stays unchanged. Planned forms (P0020) have a layout.
pub fn format(anchor: Anchor, text: &str) -> Formatted {
    let parsed = pipec_syntax::parse(anchor, text);
    if parsed.diagnostics.iter().any(is_syntax_error) {
        return Formatted::Broken(parsed.diagnostics);
    }
    let (text, parsed) = match without_trailing_blanks(text, &parsed.tokens) {
        Cow::Borrowed(text) => (Cow::Borrowed(text), parsed),
        Cow::Owned(text) => {
            let parsed = pipec_syntax::parse(anchor, &text);
            (Cow::Owned(text), parsed)
        }
    };
    let printed = print(&text, &parsed);
    if check::says_the_same(anchor, (&text, &parsed), &printed) {
        Formatted::Done(printed)
    } else {
        Formatted::Broken(vec![gave_up(anchor)])
    }
}

/// Whether a finding prevents a layout. The grammar has planned forms, so they do not.
pub(crate) fn is_syntax_error(finding: &Diagnostic) -> bool {
    finding.is_error() && finding.code != codes::P0020
}

fn print(text: &str, parsed: &Parsed) -> String {
    let starts = clauses::starts(&parsed.tree);
    layout::file(&outline::outline(text, parsed.tokens.as_slice(), &starts))
}

/// The text without blanks at the end of comments. The tree contains documentation with such blanks, but they are no
/// part of it.
fn without_trailing_blanks<'t>(text: &'t str, tokens: &Tokens) -> Cow<'t, str> {
    let mut trimmed = String::new();
    let mut copied = 0;
    for comment in tokens.iter().filter(|token| token.is_comment()) {
        let kept = comment.text(text).trim_end();
        let end = comment.span.range().start + kept.len();
        if end < comment.span.range().end {
            trimmed.push_str(text.get(copied..end).unwrap_or(""));
            copied = comment.span.range().end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    trimmed.push_str(text.get(copied..).unwrap_or(""));
    Cow::Owned(trimmed)
}

fn gave_up(anchor: Anchor) -> Diagnostic {
    Diagnostic::error(
        codes::P0099,
        "the formatter would have changed the meaning of this file, so it left the file unchanged",
        Span::new(anchor, 0, 0),
    )
    .note("this is a bug in the formatter, not in the file")
    .help("please report it, with the file if you can share it")
}
