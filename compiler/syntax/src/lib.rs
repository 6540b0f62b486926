//! From text to a typed tree: lexer, recovery, grammar.

pub mod ast;
pub mod lexer;
mod literal;
mod string;
pub mod token;

use pipec_base::{Diagnostic, FileId};

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
