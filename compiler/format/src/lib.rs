//! The one layout of a `.pipe` file.
//!
//! - Two spaces of indentation; each clause on its own line; one space between words, none before `,` `:` `.` and the
//!   parentheses of a call. No columns are aligned: a change to one line never touches its neighbours.
//! - A block the author wrote on one line stays on one line, its clauses two spaces apart, if it fits and holds neither a
//!   comment nor another block. Any other has each clause on a line of its own. So the author chooses between
//!   `{ run "cargo test" }` and three lines, and formatting again changes nothing. An empty block is `{}`.
//! - A line has 100 columns. Longer lists of names wrap behind a comma, conditions before `and`, `or` and `when`, reasons
//!   before `because`, one-of types before `|`, each indented by four more; a list between parentheses or brackets that does
//!   not fit has each element on a line of its own. What has no such place stays long.
//! - Of several blank lines one is kept, of those behind `{`, before `}`, behind `///` and behind `allow` none. Between
//!   declarations of which one takes several lines stands one.
//! - Comments stay where they are: on a line of their own, or behind the code, two spaces before `//`. One in the middle of
//!   a clause breaks the line.
//! - A raw string of several lines is moved as a whole: its margin is the indentation of the line it begins on, and two. Its
//!   text never changes.
//! - `artifact` becomes `artefact`; no other word changes. Line ends are `\n`, the file ends with one, blanks at the end
//!   of a line and a byte order mark go.
//!
//! What is printed is read again and compared, token by token and as a tree, before anybody gets it.

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

/// What formatting a text gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formatted {
    /// The text, laid out.
    Done(String),
    /// Nothing: the text does not parse, or the formatter does not trust its own result (P0099).
    Broken(Vec<Diagnostic>),
}

/// Lays a text out. A text with syntax errors stays as it is.
pub fn format(anchor: Anchor, text: &str) -> Formatted {
    let parsed = pipec_syntax::parse(anchor, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Formatted::Broken(parsed.diagnostics);
    }
    let (text, parsed) = match without_blanks_behind_comments(text, &parsed.tokens) {
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

fn print(text: &str, parsed: &Parsed) -> String {
    let starts = clauses::starts(&parsed.tree);
    layout::file(&outline::outline(text, parsed.tokens.as_slice(), &starts))
}

/// Blanks at the end of a comment are no part of it, but a tree that holds documentation holds them.
fn without_blanks_behind_comments<'t>(text: &'t str, tokens: &Tokens) -> Cow<'t, str> {
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
