//! A file as clauses, blocks and comments, before its layout.
//!
//! For example, `stage s { job x {} // now` is a clause with the head `stage s` and a block, whose only entry is the
//! clause `job x {}` with a trailing comment.

use std::collections::BTreeMap;

use pipec_syntax::{Punctuation, Token, TokenKind};

use crate::clauses::ClauseKind;
use crate::raw;

/// A token in the head of a clause, or a comment in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme<'t> {
    pub kind: TokenKind,
    pub text: &'t str,
    /// Whether it started a line.
    pub starts_line: bool,
}

impl Lexeme<'_> {
    pub(crate) fn is(&self, sign: Punctuation) -> bool {
        self.kind == TokenKind::Punctuation(sign)
    }

    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::Documentation)
    }
}

/// A clause: its head, its block, if it has one, and the tokens after the block.
#[derive(Debug)]
pub(crate) struct Clause<'t> {
    pub kind: ClauseKind,
    pub head: Vec<Lexeme<'t>>,
    pub block: Option<Block<'t>>,
    /// Only a matrix has any: `matrix { … } at most 3`.
    pub tail: Vec<Lexeme<'t>>,
}

/// The clauses and comments between braces, or of a whole file.
#[derive(Debug, Default)]
pub(crate) struct Block<'t> {
    /// The comment after the opening brace.
    pub opening: Option<&'t str>,
    pub entries: Vec<Entry<'t>>,
    /// Whether it was on one line and may stay there. So it contains no comment, no block and no line break.
    pub one_line: bool,
}

/// A part of a block with its own line.
#[derive(Debug)]
pub(crate) struct Entry<'t> {
    pub content: Content<'t>,
    /// Whether there were blank lines before it.
    pub blank_before: bool,
    /// The comment after it.
    pub trailing: Option<&'t str>,
}

#[derive(Debug)]
pub(crate) enum Content<'t> {
    Comment(&'t str),
    Documentation(&'t str),
    Clause(Clause<'t>),
}

/// The outline of a text that parses, from its tokens.
pub(crate) fn outline<'t>(text: &'t str, tokens: &[Token], starts: &BTreeMap<u32, ClauseKind>) -> Block<'t> {
    Outliner { text, tokens, starts, at: 0, code: 0 }.block()
}

struct Outliner<'t, 'a> {
    text: &'t str,
    tokens: &'a [Token],
    starts: &'a BTreeMap<u32, ClauseKind>,
    at: usize,
    /// The index of the last token found that is no comment. It is the next token, unless it has been read.
    code: usize,
}

impl<'t> Outliner<'t, '_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn bump(&mut self) -> Option<Lexeme<'t>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        let text = token.text(self.text);
        let text = if token.is_comment() { text.trim_end() } else { text };
        Some(Lexeme { kind: token.kind, text, starts_line: token.starts_line() })
    }

    /// The comment after the text that was just read.
    fn trailing(&mut self) -> Option<&'t str> {
        let is_trailing = self.peek().is_some_and(|token| token.is_comment() && !token.starts_line());
        if is_trailing { self.bump().map(|comment| comment.text) } else { None }
    }

    /// Reads up to the end or the closing brace of the block, which remains unread.
    fn block(&mut self) -> Block<'t> {
        let first = self.at;
        let opening = if first == 0 { None } else { self.trailing() };
        let mut entries = Vec::new();
        while let Some(token) = self.peek() {
            let blank_before = token.blank_lines_before() > 0;
            let before = self.at;
            let content = match token.kind {
                TokenKind::Punctuation(Punctuation::CloseBrace) => break,
                TokenKind::Comment => self.bump().map(|comment| Content::Comment(comment.text)),
                TokenKind::Documentation => self.bump().map(|comment| Content::Documentation(comment.text)),
                _ => Some(Content::Clause(self.clause())),
            };
            let Some(content) = content.filter(|_| self.at > before) else { break };
            let trailing = if matches!(content, Content::Clause(_)) { self.trailing() } else { None };
            entries.push(Entry { content, blank_before, trailing });
        }
        Block { opening, entries, one_line: self.was_on_one_line(first) }
    }

    /// Whether a block was on one line and may stay there. Its content begins at token `first` and ends here.
    fn was_on_one_line(&self, first: usize) -> bool {
        self.tokens.get(first..=self.at).unwrap_or(&[]).iter().all(|token| {
            let several_lines =
                token.kind == TokenKind::RawString && raw::lines(token.text(self.text)).is_some();
            let joins = !token.starts_line() && !several_lines;
            joins && !token.is_comment() && !token.is(Punctuation::OpenBrace)
        })
    }

    fn clause(&mut self) -> Clause<'t> {
        let kind = self
            .peek()
            .and_then(|token| self.starts.get(&token.span.start))
            .copied()
            .unwrap_or(ClauseKind::Other);
        let mut clause = Clause { kind, head: Vec::new(), block: None, tail: Vec::new() };
        loop {
            if !clause.head.is_empty() && self.is_at_clause_end() {
                return clause;
            }
            if self.peek().is_some_and(|token| token.is(Punctuation::OpenBrace)) {
                self.at += 1;
                clause.block = Some(self.block());
                if self.peek().is_some() {
                    self.at += 1;
                }
                while kind == ClauseKind::Matrix && !self.is_at_clause_end() {
                    let Some(lexeme) = self.bump() else { break };
                    clause.tail.push(lexeme);
                }
                return clause;
            }
            let Some(lexeme) = self.bump() else { return clause };
            clause.head.push(lexeme);
        }
    }

    /// Whether the current clause ends before the next token. Comments do not count. It ends before another clause, and
    /// at the end of the block or the file.
    fn is_at_clause_end(&mut self) -> bool {
        if self.code < self.at {
            let rest = self.tokens.get(self.at..).unwrap_or(&[]);
            self.code = self.at + rest.iter().take_while(|token| token.is_comment()).count();
        }
        self.tokens.get(self.code).is_none_or(|token| {
            token.is(Punctuation::CloseBrace) || self.starts.contains_key(&token.span.start)
        })
    }
}
