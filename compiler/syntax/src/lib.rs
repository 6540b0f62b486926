//! From text to a typed tree: lexer, recovery, grammar.

pub mod ast;
mod content;
mod failure;
mod forest;
mod grammar;
mod lexeme;
mod lexer;
mod literal;
mod locate;
mod reader;
mod string;
mod teach;
pub mod token;
pub mod words;

use pipec_base::{Code, Diagnostic, FileId, Span, codes};

pub use forest::DEEPEST_NESTING;
pub use lexer::LONGEST_SOURCE;
pub use locate::locate;
pub use token::{Punctuation, Token, TokenKind, Tokens};

/// Cuts a text into tokens, comments included; between two there is only white space. Any text will do: what is no token
/// is [`TokenKind::Unknown`] and a diagnostic.
pub fn lex(file: FileId, text: &str) -> (Tokens, Vec<Diagnostic>) {
    lexer::lex(file, text)
}

/// A text, read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What it declares.
    pub tree: ast::File,
    /// All its tokens, comments included.
    pub tokens: Tokens,
    /// What is wrong with it, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text. Any text will do: what can't be read is reported, and everything else is in the tree.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let (tokens, mut diagnostics) = lexer::lex(file, text);
    let (forest, mut findings) = forest::grow(file, text, &tokens);
    diagnostics.append(&mut findings);
    diagnostics.sort_by_key(Diagnostic::span);
    diagnostics.truncate(lexer::MOST_DIAGNOSTICS);
    let mut reported: Vec<Span> =
        diagnostics.iter().filter(|finding| keeps_from_reading(finding.code)).map(Diagnostic::span).collect();
    reported.sort();
    let (items, mut diagnostics) = {
        let grammar = grammar::Grammar::new();
        let mut reader = reader::Reader {
            text,
            grammar: &grammar,
            forest: &forest,
            tokens: &tokens,
            reported,
            diagnostics,
        };
        (reader.clauses(&forest.top), reader.diagnostics)
    };
    diagnostics.sort_by_key(Diagnostic::span);
    Parsed { tree: ast::File { items }, tokens, diagnostics }
}

/// Whether a finding about the tokens explains why the clause around it can't be read.
fn keeps_from_reading(code: Code) -> bool {
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
