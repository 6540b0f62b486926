//! Strings: their ends, their values and their faults.
//!
//! - `"…"` stays on its line. Its escapes are `\" \\ \n \t \u{…}`; everything else is verbatim.
//! - `"""…"""` has no escapes. On one line it is verbatim. Over several lines, its text begins on the line below the
//!   opening quotes, and its closing quotes are on their own line. Their indentation is removed from every line, and
//!   neither the first nor the last line end belongs to the text. Line ends are `\n`, however the file was saved. One
//!   or two quotes directly before the closing ones belong to the text.
//! - `$"…"` is a `"…"` in which `{expr}` is replaced by its value. A brace in the text is written twice: `{{` and `}}`.
//!   The expression contains no quotes: give a string a name by `let` first.

use std::ops::Range;

/// A fault of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A backslash without a valid escape, as a range of the string's own bytes.
    Escape(Range<usize>),
    /// `\u{…}` that names no character.
    Character(Range<usize>),
    /// `\u{0}`, which is impossible in scripts, variables and arguments.
    Null(Range<usize>),
    /// A line of a raw string with less indentation than its closing quotes.
    Outdented(Range<usize>),
    /// Text after a raw string's opening quotes, on the same line.
    TextAfterOpening(Range<usize>),
    /// Text before a raw string's closing quotes, on the same line.
    TextBeforeClosing(Range<usize>),
    /// A lone `}` in an interpolated string.
    LoneBrace(Range<usize>),
    /// A `{` without its `}`.
    OpenBrace(Range<usize>),
}

/// A piece of a string between its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text, with its escapes replaced.
    Verbatim(String),
    /// The source of an expression without its braces. It is a range of the string's own bytes.
    Expression(Range<usize>),
}

/// The end of the `"…"` at byte 0 of `text`, and whether it is closed. `opening` is the length of its opening quotes.
/// An unclosed string ends with its line, except for braces and parentheses at the end of the line, which probably do
/// not belong to it.
pub(crate) fn plain_end(text: &str, opening: usize) -> (usize, bool) {
    let line = text.get(..line_end(text)).unwrap_or(text);
    let mut escaped = false;
    for (offset, byte) in line.bytes().enumerate().skip(opening) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (offset + 1, true),
            _ => {}
        }
    }
    let mut kept = line.trim_end_matches(['{', '}', ' ', '\t', '\r']);
    let is_torn = opening > 1 && kept.matches('{').count() > kept.matches('}').count();
    if is_torn {
        kept = line.trim_end();
    }
    for (open, close) in [('(', ')'), ('[', ']')] {
        while kept.ends_with(close) && kept.matches(close).count() > kept.matches(open).count() {
            kept = kept.strip_suffix(close).unwrap_or(kept).trim_end();
        }
    }
    (kept.len().max(opening), false)
}

/// The end of the `"""…"""` at byte 0 of `text`, and whether it is closed. `indentation` is that of its line. An
/// unclosed string ends before the first line that is indented no deeper than its own.
pub(crate) fn raw_end(text: &str, indentation: u32) -> (usize, bool) {
    let content = text.get(3..).unwrap_or("");
    let closing = content.find("\"\"\"").map(|offset| {
        let quotes = content.get(offset..).unwrap_or("").bytes().take_while(|byte| *byte == b'"').count();
        3 + offset + quotes.min(5)
    });
    let outdented = outdented_line(text, indentation);
    match (closing, outdented) {
        (Some(closing), Some(outdented)) if closing > outdented && !is_closing(text, closing) => {
            (outdented, false)
        }
        (Some(closing), _) => (closing, true),
        (None, Some(outdented)) => (outdented, false),
        (None, None) => (text.trim_end().len().max(3), false),
    }
}

/// Whether quotes are closing quotes. They are if they are on their own line, or directly after a word of a script,
/// where no string begins.
fn is_closing(text: &str, closing: usize) -> bool {
    let before = text.get(..closing).unwrap_or(text).trim_end_matches('"');
    let alone = before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    alone || before.ends_with(|last: char| last.is_alphanumeric())
}

/// The end of the text before the first line outside a block. Such a line is indented no deeper than `indentation`.
fn outdented_line(text: &str, indentation: u32) -> Option<usize> {
    let mut start = line_end(text) + 1;
    while let Some(rest) = text.get(start..) {
        let line = rest.get(..line_end(rest)).unwrap_or(rest);
        let depth = line.len() - line.trim_start().len();
        if !line.trim().is_empty() && depth <= indentation as usize {
            return Some(text.get(..start).unwrap_or("").trim_end().len().max(3));
        }
        if line.len() == rest.len() {
            return None;
        }
        start += line.len() + 1;
    }
    None
}

fn line_end(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The value of `"…"`. `text` includes the quotes.
pub(crate) fn read_plain(text: &str) -> (String, Vec<Flaw>) {
    let (range, _) = inside(text, 1, "\"");
    let mut flaws = Vec::new();
    let value = unescape(text, range, &mut flaws);
    (value, flaws)
}

/// The pieces of `$"…"`. `text` includes the quotes.
pub(crate) fn read_interpolated(text: &str) -> (Vec<Piece>, Vec<Flaw>) {
    let (range, _) = inside(text, 2, "\"");
    let mut flaws = Vec::new();
    let mut pieces = Vec::new();
    let mut verbatim = String::new();
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) {
        let run = brace(rest);
        verbatim.push_str(&unescape(text, at..at + run, &mut flaws));
        at += run;
        let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) else { break };
        if rest.starts_with("{{") || rest.starts_with("}}") {
            verbatim.extend(rest.chars().next());
            at += 2;
        } else if rest.starts_with('}') {
            flaws.push(Flaw::LoneBrace(at..at + 1));
            verbatim.push('}');
            at += 1;
        } else if let Some(length) = rest.find('}') {
            pieces.push(Piece::Verbatim(std::mem::take(&mut verbatim)));
            pieces.push(Piece::Expression(at + 1..at + length));
            at += length + 1;
        } else {
            flaws.push(Flaw::OpenBrace(at..at + 1));
            verbatim.push_str(rest);
            break;
        }
    }
    pieces.push(Piece::Verbatim(verbatim));
    (pieces, flaws)
}

/// The position of the first brace that is not part of an escape. Without one, the length of `text`.
fn brace(text: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("\\u{") {
            at += rest.find('}').map_or(3, |end| end + 1);
        } else if rest.starts_with(['{', '}']) {
            return at;
        } else {
            let escaped =
                if rest.starts_with('\\') { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
            at += rest.chars().next().map_or(1, char::len_utf8) + escaped;
        }
    }
    text.len()
}

/// The value of `"""…"""`. `text` includes the quotes.
pub(crate) fn read_raw(text: &str) -> (String, Vec<Flaw>) {
    let (range, closed) = inside(text, 3, "\"\"\"");
    let content = text.get(range.clone()).unwrap_or("");
    if !content.contains('\n') {
        return (content.to_owned(), Vec::new());
    }
    let mut flaws = Vec::new();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut at = range.start;
    for line in content.split('\n') {
        lines.push((at, line.strip_suffix('\r').unwrap_or(line)));
        at += line.len() + 1;
    }
    let first = lines.first().copied().unwrap_or_default();
    if first.1.trim().is_empty() {
        lines.remove(0);
    } else {
        flaws.push(Flaw::TextAfterOpening(first.0..first.0 + first.1.len()));
    }
    let mut margin = "";
    if closed && let Some(last) = lines.last().copied() {
        if last.1.trim().is_empty() {
            margin = last.1;
            lines.pop();
        } else {
            flaws.push(Flaw::TextBeforeClosing(last.0..last.0 + last.1.len()));
        }
    }
    let mut value = String::with_capacity(content.len());
    for (index, (start, line)) in lines.iter().enumerate() {
        if index > 0 {
            value.push('\n');
        }
        match line.strip_prefix(margin) {
            Some(rest) => value.push_str(rest),
            None if line.trim().is_empty() => {}
            None => {
                if flaws.is_empty() {
                    flaws.push(Flaw::Outdented(*start..*start + line.len()));
                }
                value.push_str(line);
            }
        }
    }
    (value, flaws)
}

/// The range between the quotes, and whether the closing ones exist.
fn inside(text: &str, opening: usize, closing: &str) -> (Range<usize>, bool) {
    let closed = text.len() >= opening + closing.len() && text.ends_with(closing);
    let escaped = closing.len() == 1 && {
        let before = text.get(..text.len().saturating_sub(1)).unwrap_or("");
        before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
    };
    let closed = closed && !escaped;
    let end = if closed { text.len() - closing.len() } else { text.len() };
    (opening.min(end)..end, closed)
}

fn unescape(text: &str, range: Range<usize>, flaws: &mut Vec<Flaw>) -> String {
    let mut value = String::new();
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) {
        let run = rest.find('\\').unwrap_or(rest.len());
        value.push_str(rest.get(..run).unwrap_or(""));
        at += run;
        let Some(escape) = rest.get(run..).filter(|escape| !escape.is_empty()) else { break };
        let next = escape.chars().nth(1);
        match next {
            Some('"') => value.push('"'),
            Some('\\') => value.push('\\'),
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('u') if escape.starts_with("\\u{") => {
                let length = escape.find('}').map_or(3, |end| end + 1);
                let digits = escape.get(3..length.saturating_sub(1)).unwrap_or("");
                match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
                    Some('\0') => flaws.push(Flaw::Null(at..at + length)),
                    Some(character) if !digits.starts_with('+') => value.push(character),
                    _ => {
                        flaws.push(Flaw::Character(at..at + length));
                        value.push_str(escape.get(..length).unwrap_or(""));
                    }
                }
                at += length;
                continue;
            }
            other => {
                let length = 1 + other.map_or(0, char::len_utf8);
                flaws.push(Flaw::Escape(at..at + length));
                value.push_str(escape.get(..length).unwrap_or(""));
            }
        }
        at += 1 + next.map_or(0, char::len_utf8);
    }
    value
}
