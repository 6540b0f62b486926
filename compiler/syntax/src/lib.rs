//! From a text to a typed tree: lexer, recovery, grammar.
//!
//! For example, `pipeline a { on push to main }` becomes the tokens `pipeline`, `a`, `{` …; then the lexemes
//! `pipeline`, `a` and a block; and then a [`ast::Pipeline`] with one clause.

pub mod ast;
mod content;
mod credentials;
mod failure;
mod forest;
mod grammar;
mod lexeme;
mod lexer;
mod literal;
mod locate;
mod pieces;
mod reader;
mod string;
mod teach;
pub mod token;
pub mod words;

use pipec_base::{Anchor, Code, Diagnostic, Span, codes};
use std::sync::Arc;

pub use forest::MAX_NESTING;
pub use lexer::MAX_SOURCE_BYTES;
pub use locate::locate;
pub use pieces::{Cut, Pieces, pieces, pieces_after};
pub use token::{Punctuation, Token, TokenKind, Tokens};

/// Cuts a text into tokens, with comments. Between two tokens there is only white space. Any text is accepted: unknown
/// parts are [`TokenKind::Unknown`] and give a diagnostic.
pub fn lex(anchor: Anchor, text: &str) -> (Tokens, Vec<Diagnostic>) {
    lexer::lex(anchor, text)
}

/// A parsed text.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Its tree.
    pub tree: ast::File,
    /// Its tokens, with comments.
    pub tokens: Tokens,
    /// Its findings, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a text. Any text is accepted: unreadable parts are reported, and everything else is in the tree.
pub fn parse(anchor: Anchor, text: &str) -> Parsed {
    let (tokens, findings) = lexer::lex(anchor, text);
    read(vec![Lexed { anchor, text, tokens, findings, is_part: false }]).pop().unwrap_or_default()
}

/// A text or a piece of one, cut into tokens.
struct Lexed<'t> {
    anchor: Anchor,
    text: &'t str,
    tokens: Tokens,
    findings: Vec<Diagnostic>,
    is_part: bool,
}

/// A text with its blocks, and the findings so far.
struct Grown<'t> {
    forest: forest::Forest<'t>,
    reported: Vec<Span>,
    findings: Vec<Diagnostic>,
}

fn grow<'t>(lexed: &Lexed<'t>) -> Grown<'t> {
    let mut findings = lexed.findings.clone();
    let (forest, mut more) = forest::grow(lexed.anchor, lexed.text, &lexed.tokens);
    findings.append(&mut more);
    findings.sort_by_key(|finding| finding.span().bounds());
    findings.truncate(lexer::MAX_DIAGNOSTICS);
    let mut reported: Vec<Span> = findings
        .iter()
        .filter(|finding| explains_unreadable_clause(finding.code))
        .map(Diagnostic::span)
        .collect();
    reported.sort_by_key(|span| span.bounds());
    Grown { forest, reported, findings }
}

/// The declarations of a text and its findings.
type Content = (Vec<ast::Item>, Vec<Diagnostic>);

fn content<'t>(lexed: &'t Lexed<'t>, grown: &'t Grown<'t>, grammar: &grammar::Grammar<'t>) -> Content {
    let mut reader = reader::Reader {
        text: lexed.text,
        grammar,
        forest: &grown.forest,
        tokens: &lexed.tokens,
        is_part: lexed.is_part,
        reported: grown.reported.clone(),
        diagnostics: grown.findings.clone(),
    };
    (reader.clauses(&grown.forest.top), reader.diagnostics)
}

/// Parses texts. The grammar is built once for all of them.
fn read(lexed: Vec<Lexed<'_>>) -> Vec<Parsed> {
    let grown: Vec<Grown<'_>> = lexed.iter().map(grow).collect();
    let contents: Vec<Content> = {
        let grammar = grammar::Grammar::new();
        lexed.iter().zip(&grown).map(|(lexed, grown)| content(lexed, grown, &grammar)).collect()
    };
    drop(grown);
    let parsed = |(lexed, (items, mut diagnostics)): (Lexed<'_>, Content)| {
        diagnostics.sort_by_key(|finding| finding.span().bounds());
        let items = items.into_iter().map(Arc::new).collect();
        Parsed { tree: ast::File { items }, tokens: lexed.tokens, diagnostics }
    };
    lexed.into_iter().zip(contents).map(parsed).collect()
}

/// Whether a finding about tokens explains why the clause around them can't be parsed.
fn explains_unreadable_clause(code: Code) -> bool {
    [
        codes::P0001,
        codes::P0003,
        codes::P0004,
        codes::P0005,
        codes::P0007,
        codes::P0010,
        codes::P0011,
        codes::P0014,
    ]
    .contains(&code)
}
