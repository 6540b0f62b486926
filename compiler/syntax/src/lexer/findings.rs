//! Findings about strings.

use pipec_base::{Diagnostic, codes};

use super::Lexer;
use crate::string::Flaw;
use crate::token::TokenKind;

impl Lexer<'_> {
    pub(super) fn unclosed(&mut self, kind: TokenKind, start: usize, end: usize) {
        let (quotes, opening) = match kind {
            TokenKind::RawString => ("\"\"\"", 3),
            TokenKind::InterpolatedString => ("\"", 2),
            _ => ("\"", 1),
        };
        let finding =
            Diagnostic::error(codes::P0005, "this string is not closed", self.span(start, start + opening));
        let finding = if kind == TokenKind::RawString {
            finding.saying("opened here").help(
                "a raw string ends with `\"\"\"`; over several lines, the closing quotes have their own line",
            )
        } else {
            let finding = finding
                .saying("opened here")
                .help("a string ends with `\"` on the same line; put several lines between `\"\"\"`");
            // If the quoted text has only brackets, this quote is superfluous, or belongs to another line.
            let quoted = self.text.get(start + opening..end).unwrap_or_default();
            if quoted.contains(|letter: char| letter.is_alphanumeric()) {
                finding.fix("close the string", self.span(end, end), quotes)
            } else {
                finding
            }
        };
        self.report(finding);
    }

    pub(super) fn flaw(&mut self, start: usize, text: &str, flaw: &Flaw) {
        let place = |range: &std::ops::Range<usize>| self.span(start + range.start, start + range.end);
        let finding = match flaw {
            Flaw::Escape(range) => {
                let escape = text.get(range.clone()).unwrap_or("");
                let span = place(range);
                Diagnostic::error(codes::P0006, format!("`{escape}` is not an escape"), span)
                    .note("the only escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`")
                    .help(format!(
                        "write `\\{escape}` for a backslash, or put the whole string between \
                                   `\"\"\"`, which has no escapes"
                    ))
                    .fix(format!("write `\\{escape}`"), span.at_start(), "\\")
            }
            Flaw::Character(range) => {
                let escape = text.get(range.clone()).unwrap_or("");
                Diagnostic::error(codes::P0006, format!("`{escape}` names no character"), place(range)).help(
                    "write the number of the character in hexadecimal between the braces: `\\u{2713}` is ✓",
                )
            }
            Flaw::Null(range) => {
                let escape = text.get(range.clone()).unwrap_or("");
                Diagnostic::error(
                    codes::P0006,
                    format!("`{escape}` is not allowed in a string"),
                    place(range),
                )
                .note("for a shell it ends a script, a variable and an argument")
                .help("remove it; a script can print one with `printf '\\0'`")
            }
            Flaw::Outdented(range) => Diagnostic::error(
                codes::P0007,
                "this line is indented less than the closing quotes of its string",
                place(range),
            )
            .note("the indentation of the closing `\"\"\"` is removed from every line of the string")
            .help("indent this line like the others, or move the closing `\"\"\"` to the left"),
            Flaw::TextAfterOpening(range) => Diagnostic::error(
                codes::P0007,
                "a raw string of several lines begins on the line after its opening quotes",
                place(range),
            )
            .help("break the line after the opening `\"\"\"`"),
            Flaw::TextBeforeClosing(range) => Diagnostic::error(
                codes::P0007,
                "the closing quotes of a string of several lines need their own line",
                place(range),
            )
            .note("their indentation is removed from every line of the string")
            .help("break the line before the closing `\"\"\"`"),
            Flaw::LoneBrace(range) => {
                let span = place(range);
                Diagnostic::error(codes::P0006, "this `}` closes nothing", span)
                    .help("in `$\"…\"`, write a literal brace twice: `}}`")
                    .fix("write `}}`", span, "}}")
            }
            Flaw::OpenBrace(range) => {
                let span = place(range);
                Diagnostic::error(codes::P0006, "this `{` is not closed before the end of the string", span)
                    .help("in `$\"…\"`, `{name}` is replaced by a value; write a literal brace twice: `{{`")
                    .fix("write `{{`", span, "{{")
            }
        };
        self.report(finding);
    }
}
