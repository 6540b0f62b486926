//! Syntax of other languages, read with its intended meaning.

use pipec_base::{Diagnostic, codes};

use super::{Lexer, is_invisible, is_word, line_length};
use crate::token::{Punctuation, TokenKind};

/// Whether a character is frequent in paths, globs or addresses. It is no sign of the language.
fn is_bare(character: char) -> bool {
    matches!(character, '/' | '*' | '?' | '@' | '~' | '\\' | '+' | '%' | '^' | '-' | '=' | ':' | '.')
        || is_word(character)
}

impl Lexer<'_> {
    /// Reads text that begins no token.
    pub(super) fn foreign(&mut self, rest: &str, first: char) {
        if rest.starts_with("${{") {
            let line = rest.get(..line_length(rest)).unwrap_or(rest);
            let length = line.find("}}").map_or(3, |end| end + 2);
            let span = self.span(self.at, self.at + length);
            self.report(
                Diagnostic::error(codes::P0014, "expressions of an engine are not allowed", span)
                    .note("one source is compiled for every engine, so it can't contain expressions of a single one")
                    .help("name the value: facts are `commit.sha` or `branch.name`; declare secrets with \
                           `secret NAME`"),
            );
            return self.push(TokenKind::Unknown, length);
        }
        if first == '#' {
            let span = self.span(self.at, self.at + 1);
            self.report(
                Diagnostic::error(codes::P0014, "a comment begins with `//`", span).help("write `//`").fix(
                    "write `//`",
                    span,
                    "//",
                ),
            );
            return self.push(TokenKind::Comment, line_length(rest));
        }
        if self.begins_block_comment(rest) {
            return self.block_comment(rest);
        }
        if let Some((inside, length)) = foreign_quotes(rest, first) {
            let text = rest.get(inside).unwrap_or("");
            let double = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            let span = self.span(self.at, self.at + length);
            self.report(
                Diagnostic::error(codes::P0014, "write strings in double quotes", span)
                    .help(format!("write `{double}`"))
                    .fix(format!("write `{double}`"), span, double),
            );
            return self.push(TokenKind::Unknown, length);
        }
        if rest.starts_with("&&") {
            return self.instead("&&", "and", "conditions are joined with words: `and`, `or`, `not`");
        }
        if first == '!' {
            return self.instead("!", "not", "conditions are joined with words: `not`, `and`, `or`");
        }
        if first == '-' && rest.get(1..).is_none_or(|after| after.starts_with([' ', '\n'])) {
            let span = self.span(self.at, self.at + 1);
            self.report(
                Diagnostic::error(codes::P0014, "clauses don't begin with a dash", span)
                    .help("remove the `-`: a clause begins with its keyword")
                    .fix("remove the `-`", span, ""),
            );
            return self.push(TokenKind::Unknown, 1);
        }
        if first == ';' {
            let span = self.span(self.at, self.at + 1);
            self.report(
                Diagnostic::error(codes::P0014, "clauses need no separator", span)
                    .help("remove the `;`")
                    .fix("remove the `;`", span, ""),
            );
            return self.push(TokenKind::Unknown, 1);
        }
        if first == '$' {
            return self.shell_variable(rest);
        }
        if matches!(first, '/' | '*' | '@' | '~' | '\\') || rest.starts_with("--") {
            let start = self.glued_start();
            let is_lone = !rest.chars().nth(1).is_some_and(is_bare) && start == self.at && first != '*';
            if !is_lone {
                return self.bare(start);
            }
        }
        let length: usize = if is_invisible(first) {
            first.len_utf8()
        } else {
            rest.chars()
                .take_while(|character| !ends_stray(*character) && !character.is_whitespace())
                .map(char::len_utf8)
                .sum::<usize>()
                .max(first.len_utf8())
        };
        let visible = !is_invisible(first);
        let text = self.slice(self.at, self.at + length);
        let span = self.span(self.at, self.at + length);
        if visible {
            let finding = Diagnostic::error(codes::P0004, format!("`{text}` is not valid here"), span);
            self.report(match first {
                '-' if text.len() > 1 => finding.help("numbers can't be negative"),
                '-' => finding.help("numbers can't be negative, and clauses don't begin with a dash"),
                '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
                    finding.help("write strings in straight double quotes: `\"`")
                }
                _ => finding.help("text is a string: write it in double quotes"),
            });
        }
        self.push(TokenKind::Unknown, length);
    }

    /// Whether `/*` begins a comment here. An unquoted glob may contain it, too, but not at the start of a line, and
    /// with text after it.
    fn begins_block_comment(&self, rest: &str) -> bool {
        let touches = self.tokens.last().is_some_and(|last| last.span.end as usize == self.at);
        let Some(after) = rest.strip_prefix("/*").filter(|_| !touches || self.newlines > 0) else {
            return false;
        };
        let text = after.trim_start_matches('*');
        let line = after.get(..line_length(after)).unwrap_or(after);
        let closes = line.find("*/").and_then(|end| line.get(end + 2..));
        match closes {
            Some(next) => !next.starts_with(is_bare),
            None => self.in_indentation || text.is_empty() || text.starts_with(char::is_whitespace),
        }
    }

    /// Reads `/* … */`. An unclosed comment ends with the text.
    fn block_comment(&mut self, rest: &str) {
        let closing = rest.get(2..).and_then(|after| after.find("*/")).map(|end| end + 4);
        let length = closing.unwrap_or(rest.trim_end().len());
        let block = rest.get(..length).unwrap_or(rest);
        let lines = block.lines().count();
        let after = rest.get(length..).unwrap_or_default();
        let begins_line = self.in_indentation;
        let ends_line = after.chars().take_while(|character| *character != '\n').all(char::is_whitespace);
        let span = self.span(self.at, self.at + length);
        let mut finding = Diagnostic::error(codes::P0014, "a comment begins with `//`", span);
        finding = if closing.is_none() && lines > 1 {
            // Its intended end is unknown, so no fix turns the text into comments.
            finding.help("write `//` before each line; this `/*` is not closed")
        } else {
            finding.help("write `//` before each line")
        };
        let is_known = closing.is_some() || lines == 1;
        if is_known && ends_line && (begins_line || lines == 1) {
            let line_start =
                self.text.get(..self.at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
            let indentation = if begins_line { self.slice(line_start, self.at) } else { "" };
            finding = finding.fix("write `//`", span, line_comments(block, indentation));
        }
        self.report(finding);
        let indentation = self.indentation;
        self.push(TokenKind::Comment, length);
        if !ends_line {
            // Text after the comment starts a line if the comment did, or if the comment contains line ends.
            let begun = usize::from(begins_line).max(lines - 1);
            self.newlines = u32::try_from(begun).unwrap_or(u32::MAX);
            self.in_indentation = begins_line;
            self.indentation = indentation;
        }
    }

    /// Reads a sign of another language as a word of this one.
    pub(super) fn instead(&mut self, sign: &str, word: &str, help: &str) {
        let span = self.span(self.at, self.at + sign.len());
        let glued = self.rest().get(sign.len()..).and_then(|after| after.chars().next()).is_some_and(is_word);
        let text = if glued { format!("{word} ") } else { word.to_owned() };
        self.report(
            Diagnostic::error(codes::P0014, format!("`{sign}` is written `{word}`"), span).help(help).fix(
                format!("write `{word}`"),
                span,
                text,
            ),
        );
        self.push(TokenKind::Unknown, sign.len());
    }

    fn shell_variable(&mut self, rest: &str) {
        let braced = rest.starts_with("${");
        let name: String = rest
            .chars()
            .skip(if braced { 2 } else { 1 })
            .take_while(|character| is_word(*character))
            .collect();
        let closes =
            usize::from(braced && rest.get(2 + name.len()..).is_some_and(|after| after.starts_with('}')));
        let length = 1 + usize::from(braced) + name.len() + closes;
        let span = self.span(self.at, self.at + length);
        let text = self.slice(self.at, self.at + length);
        self.report(
            Diagnostic::error(codes::P0014, format!("only scripts can read `{text}`"), span)
                .note("variables exist only while a script runs; the pipeline is decided before")
                .help("write the name of the value, such as `commit.sha` or a parameter; in a string, `$\"…{name}…\"`"),
        );
        self.push(TokenKind::Unknown, length);
    }

    /// Whether the word before the current position is this one. A colon between is ignored.
    fn follows_word(&self, word: &str) -> bool {
        let mut before = self.tokens.iter().rev().skip_while(|token| token.is(Punctuation::Colon));
        before.next().is_some_and(|token| token.text(self.text) == word)
    }

    /// The start of the bare text that ends at the current position. Its tokens touch each other, and the function
    /// removes them.
    fn glued_start(&mut self) -> usize {
        let mut start = self.at;
        while let Some(last) = self.tokens.last().copied() {
            let glues = matches!(last.kind, TokenKind::Word | TokenKind::Integer | TokenKind::Decimal)
                || last.is(Punctuation::Dot)
                || last.is(Punctuation::Range);
            if !glues || last.span.end as usize != start {
                break;
            }
            start = last.span.start as usize;
            self.newlines = last.newlines_before;
            self.tokens.pop();
        }
        start
    }

    /// Reads a path, a glob or an address without quotes.
    pub(super) fn bare(&mut self, start: usize) {
        self.at = start;
        let rest = self.rest();
        let length: usize =
            rest.chars().take_while(|character| is_bare(*character)).map(char::len_utf8).sum();
        let text = rest.get(..length).unwrap_or("");
        let text = text.strip_suffix(':').unwrap_or(text);
        let length = text.len().max(1);
        let span = self.span(start, start + length);
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\"));
        if text.contains('@') && self.follows_word("uses") {
            self.report(
                Diagnostic::error(codes::P0014, format!("`{text}` is an action of one engine"), span)
                    .note("a body is for every engine")
                    .help(format!(
                        "use a script, `run \"…\"`; the commit is checked out automatically; if \
                                   you need this action, use `engine github because \"…\" {{ action \
                                   {quoted}() }}`"
                    )),
            );
            return self.push(TokenKind::Unknown, length);
        }
        self.report(
            Diagnostic::error(codes::P0004, format!("`{text}` needs quotes"), span)
                .help(format!("paths, globs and addresses are strings: `{quoted}`"))
                .fix(format!("write `{quoted}`"), span, quoted),
        );
        self.push(TokenKind::Unknown, length);
    }
}

/// The text of a block comment as line comments.
fn line_comments(block: &str, indentation: &str) -> String {
    let text = block.strip_prefix("/*").unwrap_or(block);
    let text = text.strip_suffix("*/").unwrap_or(text);
    let mut lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches('*').trim()).collect();
    if lines.len() > 1 && lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    if lines.len() > 1 && lines.first().is_some_and(|line| line.is_empty()) {
        lines.remove(0);
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("// {line}").trim_end().to_owned()).collect();
    lines.join(&format!("\n{indentation}"))
}

/// The range of the text between foreign quotes on one line. Also gives the length with the quotes.
fn foreign_quotes(text: &str, first: char) -> Option<(std::ops::Range<usize>, usize)> {
    let closing: &[char] = match first {
        '\'' => &['\''],
        '“' | '”' | '„' => &['“', '”'],
        '‘' | '’' => &['’'],
        '«' => &['»'],
        '`' => &['`'],
        _ => return None,
    };
    let start = first.len_utf8();
    let line = text.get(..line_length(text))?;
    let length = line.get(start..)?.find(closing)?;
    let end = start + length;
    let quote = line.get(end..)?.chars().next()?;
    Some((start..end, end + quote.len_utf8()))
}

/// Whether a character ends a sequence of characters without meaning.
fn ends_stray(character: char) -> bool {
    matches!(character, '"' | '{' | '}' | '(' | ')' | '[' | ']' | ',')
}
