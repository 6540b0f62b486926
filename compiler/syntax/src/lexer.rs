//! The lexer. It never fails.
//!
//! Text without meaning becomes [`TokenKind::Unknown`] and a diagnostic, and lexing continues after it. Syntax of other
//! languages (`#` comments, single quotes, `&&`, bare globs) gets its intended meaning, so that one mistake is one
//! diagnostic. For example, `branch is main && fork` gives the tokens of `branch is main and fork`, and a diagnostic at
//! `&&`.

mod findings;
mod foreign;

use pipec_base::{Anchor, Diagnostic, Span, codes};

use crate::credentials;
use crate::literal;
use crate::string;
use crate::token::{Punctuation, Token, TokenKind, Tokens};

/// The maximum size of a source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 4 << 20;

/// The maximum number of diagnostics for one file.
pub(crate) const MAX_DIAGNOSTICS: usize = 500;

/// Cuts a text into tokens.
pub(crate) fn lex(anchor: Anchor, text: &str) -> (Tokens, Vec<Diagnostic>) {
    if text.len() > MAX_SOURCE_BYTES {
        let finding =
            Diagnostic::error(codes::P0002, "this file is longer than 4 MiB", Span::new(anchor, 0, 0))
                .help("people write and read pipelines: keep data in files that the scripts read");
        return (Tokens::default(), vec![finding]);
    }
    let mut lexer = Lexer::new(anchor, text);
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.refuse_invisible_characters();
    lexer.refuse_credentials();
    while lexer.next() {}
    (Tokens::new(lexer.tokens), lexer.diagnostics)
}

/// Cuts the bytes `range` of a text into tokens. They are an expression in a string.
pub(crate) fn lex_range(
    anchor: Anchor,
    text: &str,
    range: std::ops::Range<usize>,
) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer::new(anchor, text.get(..range.end).unwrap_or(""));
    lexer.at = range.start;
    while lexer.next() {}
    (lexer.tokens, lexer.diagnostics)
}

struct Lexer<'t> {
    anchor: Anchor,
    text: &'t str,
    at: usize,
    newlines: u32,
    indentation: u32,
    in_indentation: bool,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
}

/// Whether a character is invisible or reorders the displayed text. Readers would see another text than the compiler.
fn is_invisible(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

impl<'t> Lexer<'t> {
    fn new(anchor: Anchor, text: &'t str) -> Lexer<'t> {
        Lexer {
            anchor,
            text,
            at: 0,
            newlines: 0,
            indentation: 0,
            in_indentation: true,
            tokens: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.anchor, start, end)
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    fn report(&mut self, finding: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(finding);
        }
    }

    /// Reports tokens and keys, also in comments: everybody who may read the file may use them.
    fn refuse_credentials(&mut self) {
        for (start, end, what) in credentials::find(self.text) {
            let span = self.span(start, end);
            self.report(
                Diagnostic::error(codes::P0621, format!("this is {what}"), span)
                    .note("everybody who can read this file, or has ever read it, can use it")
                    .help(
                        "revoke it there first; then store a new one on the platform, and read it with `secret NAME`",
                    ),
            );
        }
    }

    fn refuse_invisible_characters(&mut self) {
        // Most texts contain only plain characters.
        if self.text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
            return;
        }
        let mut found = self
            .text
            .char_indices()
            .skip(usize::from(self.at > 0))
            .filter(|(_, character)| is_invisible(*character));
        let Some((offset, character)) = found.next() else { return };
        let others = found.count();
        let finding = Diagnostic::error(
            codes::P0001,
            format!("the character U+{:04X} is invisible, so nobody can review it", u32::from(character)),
            self.span(offset, offset + character.len_utf8()),
        )
        .help(match character {
            '\0' => "remove it".to_owned(),
            other => format!("remove it; in a string, write it as `\\u{{{:x}}}`", u32::from(other)),
        });
        let finding = match others {
            0 => finding,
            1 => finding.note("the file has one more such character"),
            more => finding.note(format!("the file has {more} more such characters")),
        };
        self.report(finding);
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.at;
        self.at += length.max(1);
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let first = self.tokens.is_empty();
        self.tokens.push(Token::new(kind, self.span(start, self.at), self.newlines, self.indentation, first));
        self.newlines = 0;
        self.in_indentation = false;
    }

    /// Reads the next token. Returns false at the end of the text.
    fn next(&mut self) -> bool {
        self.skip_white_space();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        if rest.starts_with("//") {
            let documentation = rest.starts_with("///") && !rest.starts_with("////");
            let kind = if documentation { TokenKind::Documentation } else { TokenKind::Comment };
            self.push(kind, line_length(rest));
        } else if rest.starts_with("\"\"\"") {
            self.raw_string(rest);
        } else if first == '"' {
            self.plain_string(rest);
        } else if rest.starts_with("$\"") {
            self.interpolated_string(rest);
        } else if first.is_ascii_digit() {
            self.number(rest);
        } else if is_word(first) {
            self.word(rest);
        } else if let Some(sign) = Punctuation::ALL.into_iter().find(|sign| rest.starts_with(sign.text())) {
            self.sign(rest, sign);
        } else {
            self.foreign(rest, first);
        }
        true
    }

    fn skip_white_space(&mut self) {
        for character in self.rest().chars() {
            match character {
                '\n' => {
                    self.newlines += 1;
                    self.indentation = 0;
                    self.in_indentation = true;
                }
                _ if character.is_whitespace() => {
                    if self.in_indentation {
                        self.indentation += 1;
                    }
                }
                _ => break,
            }
            self.at += character.len_utf8();
        }
    }

    fn word(&mut self, rest: &str) {
        let mut length = 0;
        let mut characters = rest.char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let joins =
                character == '-' && characters.peek().is_some_and(|(_, next)| is_word(*next) || *next == '-');
            if !is_word(character) && !joins {
                break;
            }
            length = offset + character.len_utf8();
        }
        if rest.get(length..).is_some_and(|after| after.starts_with("://")) {
            self.bare(self.at);
        } else {
            self.push(TokenKind::Word, length);
        }
    }

    fn number(&mut self, rest: &str) {
        let bytes = rest.as_bytes();
        let at = |offset: usize| bytes.get(offset).copied().unwrap_or(b' ');
        let mut length = 0;
        loop {
            let byte = at(length);
            let joins = matches!(byte, b'.' | b':' | b'-') && at(length + 1).is_ascii_digit();
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || joins) {
                break;
            }
            length += 1;
        }
        if at(length) == b'%' {
            length += 1;
        }
        let after = rest.get(length..).and_then(|after| after.chars().next());
        if after.is_some_and(|character| matches!(character, '/' | '*' | '@')) {
            return self.bare(self.at);
        }
        let text = rest.get(..length).unwrap_or("");
        // In `ubuntu-24.04`, the point is the fault.
        let is_whole = !self.slice(0, self.at).ends_with('.');
        let fault = is_whole.then(|| literal::loses_a_zero(text)).flatten();
        match fault.map_or_else(|| literal::read(text), Err) {
            Ok(literal) => self.push(literal::kind(&literal), length),
            Err(malformed) => {
                let span = self.span(self.at, self.at + length);
                let mut finding =
                    Diagnostic::error(codes::P0007, malformed.message, span).help(malformed.help);
                if let Some(instead) = malformed.instead {
                    finding = finding.fix(format!("write `{instead}`"), span, instead);
                }
                self.report(finding);
                self.push(TokenKind::Unknown, length);
            }
        }
    }

    fn plain_string(&mut self, rest: &str) {
        let (length, closed) = string::plain_end(rest, 1);
        self.string(TokenKind::PlainString, rest, length, closed);
    }

    fn interpolated_string(&mut self, rest: &str) {
        let (length, closed) = string::plain_end(rest, 2);
        self.string(TokenKind::InterpolatedString, rest, length, closed);
    }

    fn raw_string(&mut self, rest: &str) {
        let (length, closed) = string::raw_end(rest, self.indentation);
        self.string(TokenKind::RawString, rest, length, closed);
    }

    fn string(&mut self, kind: TokenKind, rest: &str, length: usize, closed: bool) {
        let start = self.at;
        if closed {
            let text = rest.get(..length).unwrap_or("");
            let flaws = match kind {
                TokenKind::RawString => string::read_raw(text).1,
                TokenKind::InterpolatedString => string::read_interpolated(text).1,
                _ => string::read_plain(text).1,
            };
            for flaw in flaws {
                self.flaw(start, text, &flaw);
            }
        } else {
            self.unclosed(kind, start, start + length);
        }
        self.push(kind, length);
    }

    fn sign(&mut self, rest: &str, sign: Punctuation) {
        let after = rest.get(sign.text().len()..).unwrap_or("");
        match sign {
            Punctuation::Dot | Punctuation::Range if after.starts_with('/') => self.bare(self.at),
            Punctuation::Bar if after.starts_with('|') => {
                self.instead("||", "or", "conditions are joined with words: `or`, `and`, `not`");
            }
            Punctuation::GreaterOrEqual if self.closes_type() => {
                self.push(TokenKind::Punctuation(Punctuation::Greater), 1);
            }
            _ => self.push(TokenKind::Punctuation(sign), sign.text().len()),
        }
    }

    /// Whether a `>` here ends a type argument. Then the following `=` gives a default: `list<int>=[1]`. Before it, a
    /// type has `<` and then only words and strings separated by `|`.
    fn closes_type(&self) -> bool {
        let mut before = self.tokens.iter().rev().filter(|token| !token.is_comment()).peekable();
        while before.next_if(|token| token.is(Punctuation::Greater)).is_some() {}
        loop {
            let is_part = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::PlainString);
            if before.next_if(is_part).is_none() {
                return false;
            }
            match before.next() {
                Some(token) if token.is(Punctuation::Less) => return true,
                Some(token) if token.is(Punctuation::Bar) => {}
                _ => return false,
            }
        }
    }
}

fn line_length(text: &str) -> usize {
    let line = text.get(..text.find('\n').unwrap_or(text.len())).unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line).len()
}
