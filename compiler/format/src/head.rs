//! Heads of clauses: the spaces between their words, and the places for line breaks.
//!
//! For example, `on push to main, "release/*"` is a head with one possible break, after the comma.

use pipec_syntax::{Punctuation, TokenKind};

use crate::clauses::ClauseKind;
use crate::outline::Lexeme;
use crate::page::{Page, width};
use crate::raw;

/// The maximum length of a line. Only a single longer word or string exceeds it.
pub(crate) const WIDTH: usize = 100;
const STEP: usize = 2;
const CONTINUATION: usize = 4;

/// A part of a head.
#[derive(Debug)]
enum Part<'t> {
    Word(&'t str),
    /// A raw string with several lines.
    Raw(Vec<&'t str>),
    CommentBehind(&'t str),
    CommentAbove(&'t str),
    Space,
    /// A space. It is a line break if the text up to the next possible break does not fit.
    Fill,
    /// A space in a list that fits on the line. In a list that does not fit, it is a line break.
    Line,
    /// A list in parentheses or brackets. It is on one line, or each element is on its own line.
    List {
        open: &'t str,
        inner: Vec<Part<'t>>,
        close: &'t str,
    },
    /// A part of a condition with its parentheses. It is broken only if it does not fit on its own line.
    Condition(Vec<Part<'t>>),
}

/// A head with its possible line breaks.
pub(crate) struct Head<'t> {
    parts: Vec<Part<'t>>,
}

impl<'t> Head<'t> {
    pub(crate) fn new(kind: ClauseKind, lexemes: &[Lexeme<'t>]) -> Head<'t> {
        let mut builder =
            Builder { kind, lexemes, at: 0, code: 0, previous: None, words: 0, in_condition: false };
        Head { parts: builder.parts(false) }
    }

    /// Its text on one line, if no part needs several lines.
    pub(crate) fn on_one_line(&self) -> Option<String> {
        let mut text = String::new();
        flatten(&self.parts, &mut text).then_some(text)
    }

    /// Writes it to the page. Its last line leaves room for `tail` more columns.
    pub(crate) fn write(&self, page: &mut Page, tail: usize) {
        let indent = page.indent();
        write(&self.parts, page, tail, indent);
    }
}

/// Adds the parts to a line. Returns false if they need several lines.
fn flatten(parts: &[Part<'_>], line: &mut String) -> bool {
    parts.iter().all(|part| {
        match part {
            Part::Word(word) => line.push_str(word),
            Part::Space | Part::Fill | Part::Line => line.push(' '),
            Part::List { open, inner, close } => {
                line.push_str(open);
                if !flatten(inner, line) {
                    return false;
                }
                line.push_str(close);
            }
            Part::Condition(inner) => return flatten(inner, line),
            Part::Raw(_) | Part::CommentBehind(_) | Part::CommentAbove(_) => return false,
        }
        true
    })
}

/// The part's text on one line, if it does not need several.
fn flat(part: &Part<'_>) -> Option<String> {
    let mut line = String::new();
    flatten(std::slice::from_ref(part), &mut line).then_some(line)
}

/// The number of columns before the next possible break. Without such a break, it includes `tail`.
fn unbroken(parts: &[Part<'_>], tail: usize) -> usize {
    let mut columns = 0;
    for part in parts {
        match part {
            Part::Word(word) => columns += width(word),
            Part::Space => columns += 1,
            Part::Raw(_) => return columns + 3,
            Part::List { open, .. } => return columns + width(open),
            Part::Condition(inner) => match flat(part) {
                Some(line) => columns += width(&line),
                None => return columns + unbroken(inner, 0),
            },
            Part::Fill | Part::Line | Part::CommentBehind(_) | Part::CommentAbove(_) => return columns,
        }
    }
    columns + tail
}

fn write(parts: &[Part<'_>], page: &mut Page, tail: usize, indent: usize) {
    let mut rest = parts;
    while let Some((part, following)) = rest.split_first() {
        rest = following;
        match part {
            Part::Word(word) => page.word(word),
            Part::Raw(lines) => page.raw_string(lines),
            Part::CommentBehind(text) => page.trailing_comment(text, indent + CONTINUATION),
            Part::CommentAbove(text) => page.comment_above(text, indent + CONTINUATION),
            Part::Space => page.space(),
            Part::Fill if page.is_at_line_start() => {}
            Part::Fill => {
                page.space();
                if page.column() + unbroken(following, tail) > WIDTH {
                    page.line(indent + CONTINUATION);
                }
            }
            Part::Line => page.line(indent),
            Part::List { open, inner, close } => {
                if let Some(line) = flat(part)
                    && page.column() + width(&line) + unbroken(following, tail) <= WIDTH
                {
                    page.word(&line);
                } else {
                    page.word(open);
                    let outer = page.indent();
                    page.line(outer + STEP);
                    write(inner, page, 0, outer + STEP);
                    page.line(outer);
                    page.word(close);
                }
            }
            Part::Condition(inner) => {
                let tail = unbroken(following, tail);
                match flat(part).filter(|line| page.column() + width(line) + tail <= WIDTH) {
                    Some(line) => page.word(&line),
                    None => write(inner, page, tail, indent),
                }
            }
        }
    }
}

struct Builder<'t, 'a> {
    kind: ClauseKind,
    lexemes: &'a [Lexeme<'t>],
    at: usize,
    /// The index of the last token found that is no comment. It is the next token, unless it has been read.
    code: usize,
    /// The last token that is no comment.
    previous: Option<Lexeme<'t>>,
    /// The number of tokens read that are no comments.
    words: usize,
    in_condition: bool,
}

/// The space between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    Nothing,
    Space,
    Fill,
    Line,
}

impl<'t> Builder<'t, '_> {
    /// Reads up to the end. In a list, reads up to its closing sign, which remains unread.
    fn parts(&mut self, in_list: bool) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        while let Some(&lexeme) = self.lexemes.get(self.at) {
            if lexeme.is_comment() {
                self.comment(lexeme, in_list, &mut parts);
                continue;
            }
            if (in_list || self.in_condition) && is_closing(&lexeme) {
                break;
            }
            match self.between(&lexeme, in_list) {
                Between::Nothing => {}
                Between::Space => parts.push(Part::Space),
                Between::Fill => parts.push(Part::Fill),
                Between::Line => parts.push(Part::Line),
            }
            self.read(lexeme);
            parts.push(self.part(lexeme));
        }
        parts
    }

    fn read(&mut self, lexeme: Lexeme<'t>) {
        self.in_condition |= self.begins_condition(&lexeme);
        self.previous = Some(lexeme);
        self.words += 1;
        self.at += 1;
    }

    fn part(&mut self, lexeme: Lexeme<'t>) -> Part<'t> {
        let parenthesis = lexeme.is(Punctuation::OpenParenthesis);
        if parenthesis && self.in_condition {
            let mut inner = vec![Part::Word(lexeme.text)];
            inner.extend(self.parts(false));
            if let Some(close) = self.lexemes.get(self.at).copied() {
                self.read(close);
                inner.push(Part::Word(close.text));
            }
            return Part::Condition(inner);
        }
        if parenthesis || lexeme.is(Punctuation::OpenBracket) {
            let inner = self.parts(true);
            let close = self.lexemes.get(self.at).copied();
            if let Some(close) = close {
                self.read(close);
            }
            let close = close.map_or("", |close| close.text);
            return Part::List { open: lexeme.text, inner, close };
        }
        let several_lines = if lexeme.kind == TokenKind::RawString { raw::lines(lexeme.text) } else { None };
        match several_lines {
            Some(lines) => Part::Raw(lines),
            None => Part::Word(self.spelling(lexeme)),
        }
    }

    /// The preferred spelling of a word with two spellings.
    fn spelling(&self, lexeme: Lexeme<'t>) -> &'t str {
        let keyword = match self.kind {
            ClauseKind::Artefact => self.words == 1,
            ClauseKind::Evidence => self.words == 4,
            _ => false,
        };
        if keyword && lexeme.text == "artifact" { "artefact" } else { lexeme.text }
    }

    fn comment(&mut self, lexeme: Lexeme<'t>, in_list: bool, parts: &mut Vec<Part<'t>>) {
        self.at += 1;
        if !lexeme.starts_line {
            parts.push(Part::CommentBehind(lexeme.text));
            return;
        }
        let before_end = self.next_code().is_some_and(is_closing);
        let at_element = self.previous.is_some_and(|previous| previous.is(Punctuation::Comma));
        if in_list && (at_element || before_end) {
            parts.push(Part::Line);
        }
        parts.push(Part::CommentAbove(lexeme.text));
    }

    fn next_code(&mut self) -> Option<&Lexeme<'t>> {
        if self.code < self.at {
            let rest = self.lexemes.get(self.at..).unwrap_or(&[]);
            self.code = self.at + rest.iter().take_while(|lexeme| lexeme.is_comment()).count();
        }
        self.lexemes.get(self.code)
    }

    fn between(&self, next: &Lexeme<'t>, in_list: bool) -> Between {
        use Punctuation as P;
        let Some(previous) = self.previous else { return Between::Nothing };
        let opens = |lexeme: &Lexeme<'_>| lexeme.is(P::OpenParenthesis) || lexeme.is(P::OpenBracket);
        let joins = |lexeme: &Lexeme<'_>| lexeme.is(P::Dot) || lexeme.is(P::Range);
        let is_type = self.kind != ClauseKind::Expectation;
        let glued = opens(&previous)
            || joins(&previous)
            || joins(next)
            || is_closing(next)
            || next.is(P::Comma)
            || next.is(P::Colon)
            || (next.is(P::OpenParenthesis) && !matches!(self.kind, ClauseKind::Stage | ClauseKind::Matrix))
            || (is_type && (previous.is(P::Less) || next.is(P::Less) || next.is(P::Greater)));
        if glued {
            Between::Nothing
        } else if previous.is(P::Comma) {
            if in_list { Between::Line } else { Between::Fill }
        } else if next.is(P::Bar) || self.gives_reason(next) || self.breaks_condition(&previous, next) {
            Between::Fill
        } else {
            Between::Space
        }
    }

    /// Whether `next` is the `because` of a reason.
    fn gives_reason(&self, next: &Lexeme<'_>) -> bool {
        let following = self.lexemes.get(self.at + 1..).unwrap_or(&[]).iter().find(|next| !next.is_comment());
        self.words > 1
            && next.text == "because"
            && following
                .is_some_and(|reason| matches!(reason.kind, TokenKind::PlainString | TokenKind::RawString))
    }

    /// Whether `next` is the `when` of a stage.
    fn begins_condition(&self, next: &Lexeme<'_>) -> bool {
        let names = |previous: Lexeme<'_>| previous.text == "after" && self.words > 2;
        self.kind == ClauseKind::Stage
            && !self.in_condition
            && self.words > 1
            && next.text == "when"
            && self.previous.is_none_or(|previous| !names(previous) && !previous.is(Punctuation::Comma))
    }

    /// Whether a long condition may have a line break before `next`.
    fn breaks_condition(&self, previous: &Lexeme<'_>, next: &Lexeme<'_>) -> bool {
        if self.in_condition {
            let names = matches!(previous.text, "is" | "changed" | "input" | "or" | "and");
            matches!(next.text, "or" | "and") && !names
        } else {
            self.begins_condition(next)
        }
    }
}

fn is_closing(lexeme: &Lexeme<'_>) -> bool {
    lexeme.is(Punctuation::CloseParenthesis) || lexeme.is(Punctuation::CloseBracket)
}
