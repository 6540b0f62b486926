//! The lexer. It never fails: what is no token becomes [`TokenKind::Unknown`] and a diagnostic, and the text goes on behind
//! it. What people bring from other languages (`#` comments, single quotes, `&&`, bare globs) is read as what they meant, so
//! that one slip is one diagnostic.

use pipec_base::{Diagnostic, FileId, Span, codes};

use crate::literal;
use crate::string::{self, Flaw};
use crate::token::{Punctuation, Token, TokenKind, Tokens};

/// The longest source that is read, in bytes.
pub const LONGEST_SOURCE: usize = 4 << 20;

/// How many diagnostics of one file are worth anybody's time.
pub(crate) const MOST_DIAGNOSTICS: usize = 500;

/// Cuts a text into tokens.
pub(crate) fn lex(file: FileId, text: &str) -> (Tokens, Vec<Diagnostic>) {
    if text.len() > LONGEST_SOURCE {
        let finding = Diagnostic::error(
            codes::P0002,
            "this file is longer than 4 MiB",
            Span::new(file, 0, 0),
        )
        .help("a pipeline is written by people and read by people: keep data in files that the scripts read");
        return (Tokens::default(), vec![finding]);
    }
    let mut lexer = Lexer::new(file, text);
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.refuse_invisible_characters();
    while lexer.next() {}
    (Tokens::new(lexer.tokens), lexer.diagnostics)
}

/// Cuts the bytes `range` of a text into tokens: an expression in a string.
pub(crate) fn lex_range(
    file: FileId,
    text: &str,
    range: std::ops::Range<usize>,
) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer::new(file, text.get(..range.end).unwrap_or(""));
    lexer.at = range.start;
    while lexer.next() {}
    (lexer.tokens, lexer.diagnostics)
}

struct Lexer<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    newlines: u32,
    indentation: u32,
    in_indentation: bool,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
}

/// Characters that show nothing or reorder what is shown: a reader and the compiler would see two different texts.
fn is_invisible(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Characters of paths, globs and addresses that are no signs of the language.
fn is_bare(character: char) -> bool {
    matches!(character, '/' | '*' | '?' | '@' | '~' | '\\' | '+' | '%' | '^' | '-' | '=' | ':' | '.')
        || is_word(character)
}

impl<'t> Lexer<'t> {
    fn new(file: FileId, text: &'t str) -> Lexer<'t> {
        Lexer {
            file,
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
        Span::new(self.file, start, end)
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    fn report(&mut self, finding: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(finding);
        }
    }

    fn refuse_invisible_characters(&mut self) {
        let mut found = self
            .text
            .char_indices()
            .skip(usize::from(self.at > 0))
            .filter(|(_, character)| is_invisible(*character));
        let Some((offset, character)) = found.next() else { return };
        let others = found.count();
        let mut finding = Diagnostic::error(
            codes::P0001,
            format!("the character U+{:04X} can't be seen, so it can't be reviewed", u32::from(character)),
            self.span(offset, offset + character.len_utf8()),
        )
        .help(format!("remove it; in a string, write it as `\\u{{{:x}}}`", u32::from(character)));
        if others > 0 {
            finding = finding.note(format!("{others} more such characters follow"));
        }
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

    /// Reads the next token; whether there was one.
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
        if rest.get(length..).is_some_and(|behind| behind.starts_with("://")) {
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
        let behind = rest.get(length..).and_then(|behind| behind.chars().next());
        if behind.is_some_and(|character| matches!(character, '/' | '*' | '@')) {
            return self.bare(self.at);
        }
        let text = rest.get(..length).unwrap_or("");
        match literal::read(text) {
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

    fn unclosed(&mut self, kind: TokenKind, start: usize, end: usize) {
        let (quotes, opening) = match kind {
            TokenKind::RawString => ("\"\"\"", 3),
            TokenKind::InterpolatedString => ("\"", 2),
            _ => ("\"", 1),
        };
        let finding =
            Diagnostic::error(codes::P0005, "this string is not closed", self.span(start, start + opening));
        let finding = if kind == TokenKind::RawString {
            finding
                .saying("opened here")
                .help("a raw string ends with `\"\"\"`, on a line of its own where it has several lines")
        } else {
            finding
                .saying("opened here")
                .help("a string ends with `\"` on the line it began; one of several lines stands between `\"\"\"`")
                .fix("close the string", self.span(end, end), quotes)
        };
        self.report(finding);
    }

    fn flaw(&mut self, start: usize, text: &str, flaw: &Flaw) {
        let place = |range: &std::ops::Range<usize>| self.span(start + range.start, start + range.end);
        let finding = match flaw {
            Flaw::Escape(range) => {
                let escape = text.get(range.clone()).unwrap_or("");
                let span = place(range);
                Diagnostic::error(codes::P0006, format!("`{escape}` is no escape"), span)
                    .note("strings are delivered byte for byte; the escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`")
                    .help(format!("write `\\{escape}` for a backslash, or the whole string between `\"\"\"`, where a backslash is a backslash"))
                    .fix(format!("write `\\{escape}`"), span.at_start(), "\\")
            }
            Flaw::Character(range) => {
                let escape = text.get(range.clone()).unwrap_or("");
                Diagnostic::error(codes::P0006, format!("`{escape}` names no character"), place(range))
                    .help("between the braces stands the character's number in hexadecimal: `\\u{2713}` is ✓")
            }
            Flaw::Outdented(range) => Diagnostic::error(
                codes::P0007,
                "this line stands left of its string's closing quotes",
                place(range),
            )
            .note("the indentation of the closing `\"\"\"` is taken from every line of the string")
            .help("indent the line like the others, or move the closing `\"\"\"` to the left"),
            Flaw::TextAfterOpening(range) => Diagnostic::error(
                codes::P0007,
                "a raw string of several lines begins on the line below its quotes",
                place(range),
            )
            .help("break the line behind the opening `\"\"\"`"),
            Flaw::TextBeforeClosing(range) => Diagnostic::error(
                codes::P0007,
                "the closing quotes of several lines stand on a line of their own",
                place(range),
            )
            .note("their indentation says what is taken from every line of the string")
            .help("break the line before the closing `\"\"\"`"),
            Flaw::LoneBrace(range) => {
                let span = place(range);
                Diagnostic::error(codes::P0006, "this `}` closes nothing", span)
                    .help("in `$\"…\"`, a brace of the text is written twice: `}}`")
                    .fix("write `}}`", span, "}}")
            }
            Flaw::OpenBrace(range) => {
                let span = place(range);
                Diagnostic::error(codes::P0006, "this `{` is not closed in its string", span)
                    .help("in `$\"…\"`, `{name}` is replaced by a value; a brace of the text is written twice: `{{`")
                    .fix("write `{{`", span, "{{")
            }
        };
        self.report(finding);
    }

    fn sign(&mut self, rest: &str, sign: Punctuation) {
        let behind = rest.get(sign.text().len()..).unwrap_or("");
        match sign {
            Punctuation::Dot | Punctuation::Range if behind.starts_with('/') => self.bare(self.at),
            Punctuation::Bar if behind.starts_with('|') => {
                self.instead("||", "or", "conditions are joined by words: `or`, `and`, `not`");
            }
            Punctuation::GreaterOrEqual if self.closes_type() => {
                self.push(TokenKind::Punctuation(Punctuation::Greater), 1);
            }
            _ => self.push(TokenKind::Punctuation(sign), sign.text().len()),
        }
    }

    /// Whether a `>` here ends the argument of a type, so that the `=` behind it gives a default: `list<int>=[1]`. A type
    /// alone has `<` and then words and strings without anything between but `|`.
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

    /// What begins no token.
    fn foreign(&mut self, rest: &str, first: char) {
        if rest.starts_with("${{") {
            let line = rest.get(..line_length(rest)).unwrap_or(rest);
            let length = line.find("}}").map_or(3, |end| end + 2);
            let span = self.span(self.at, self.at + length);
            self.report(
                Diagnostic::error(codes::P0014, "an engine's expression means nothing here", span)
                    .note("the same source is compiled for every engine, and no expression is hidden in a text")
                    .help("name the value: facts are `commit.sha` or `branch.name`, secrets are declared by `secret NAME`"),
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
        if let Some((inside, length)) = foreign_quotes(rest, first) {
            let text = rest.get(inside).unwrap_or("");
            let double = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            let span = self.span(self.at, self.at + length);
            self.report(
                Diagnostic::error(codes::P0014, "a string stands between double quotes", span)
                    .help(format!("write `{double}`"))
                    .fix(format!("write `{double}`"), span, double),
            );
            return self.push(TokenKind::Unknown, length);
        }
        if rest.starts_with("&&") {
            return self.instead("&&", "and", "conditions are joined by words: `and`, `or`, `not`");
        }
        if first == '!' {
            return self.instead("!", "not", "conditions are joined by words: `not`, `and`, `or`");
        }
        if first == '-' && rest.get(1..).is_none_or(|behind| behind.starts_with([' ', '\n'])) {
            let span = self.span(self.at, self.at + 1);
            self.report(
                Diagnostic::error(codes::P0014, "clauses are not listed by dashes", span)
                    .help("leave out the `-`: a clause begins with its keyword")
                    .fix("leave out the `-`", span, ""),
            );
            return self.push(TokenKind::Unknown, 1);
        }
        if first == ';' {
            let span = self.span(self.at, self.at + 1);
            self.report(
                Diagnostic::error(codes::P0014, "nothing separates clauses but their keywords", span)
                    .help("leave out the `;`")
                    .fix("leave out the `;`", span, ""),
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
            let finding = Diagnostic::error(codes::P0004, format!("`{text}` means nothing here"), span);
            self.report(match first {
                '-' if text.len() > 1 => finding.help("numbers are never negative"),
                '-' => finding.help("numbers are never negative; clauses need no dash before them"),
                '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
                    finding.help("a string stands between straight double quotes: `\"`")
                }
                _ => finding.help("text of any kind is a string: put it between double quotes"),
            });
        }
        self.push(TokenKind::Unknown, length);
    }

    /// A sign of other languages for a word of this one.
    fn instead(&mut self, sign: &str, word: &str, help: &str) {
        let span = self.span(self.at, self.at + sign.len());
        let glued =
            self.rest().get(sign.len()..).and_then(|behind| behind.chars().next()).is_some_and(is_word);
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
            usize::from(braced && rest.get(2 + name.len()..).is_some_and(|behind| behind.starts_with('}')));
        let length = 1 + usize::from(braced) + name.len() + closes;
        let span = self.span(self.at, self.at + length);
        let text = self.slice(self.at, self.at + length);
        self.report(
            Diagnostic::error(codes::P0014, format!("`{text}` is read by scripts only"), span)
                .note("variables exist while a script runs; the pipeline is decided before")
                .help("write the value's name, such as `commit.sha` or a parameter; in a string, `$\"…{name}…\"`"),
        );
        self.push(TokenKind::Unknown, length);
    }

    /// Whether the word before the current position, a colon apart, is this one.
    fn follows(&self, word: &str) -> bool {
        let mut before = self.tokens.iter().rev().skip_while(|token| token.is(Punctuation::Colon));
        before.next().is_some_and(|token| token.text(self.text) == word)
    }

    /// Where the tokens begin that touch the current position and belong to the same bare text; takes them back.
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

    /// A path, a glob or an address without quotes.
    fn bare(&mut self, start: usize) {
        self.at = start;
        let rest = self.rest();
        let length: usize =
            rest.chars().take_while(|character| is_bare(*character)).map(char::len_utf8).sum();
        let text = rest.get(..length).unwrap_or("");
        let text = text.strip_suffix(':').unwrap_or(text);
        let length = text.len().max(1);
        let span = self.span(start, start + length);
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\"));
        if text.contains('@') && self.follows("uses") {
            self.report(
                Diagnostic::error(codes::P0014, format!("`{text}` is an action of one engine"), span)
                    .note("a body says what to do for every engine")
                    .help(format!("say it as a script, `run \"…\"`; the commit is checked out without a word; where only an engine's action will do, `engine github because \"…\" {{ action {quoted}() }}`")),
            );
            return self.push(TokenKind::Unknown, length);
        }
        self.report(
            Diagnostic::error(codes::P0004, format!("`{text}` wants quotes"), span)
                .help(format!("paths, globs and addresses are strings: `{quoted}`"))
                .fix(format!("write `{quoted}`"), span, quoted),
        );
        self.push(TokenKind::Unknown, length);
    }
}

fn line_length(text: &str) -> usize {
    let line = text.get(..text.find('\n').unwrap_or(text.len())).unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line).len()
}

/// Where the text stands between quotes of another kind on one line, and the length of all.
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

/// What ends a run of characters that mean nothing.
fn ends_stray(character: char) -> bool {
    matches!(character, '"' | '{' | '}' | '(' | ')' | '[' | ']' | ',')
}
