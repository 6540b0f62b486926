//! Lexemes: the input of the grammar.
//!
//! Comments are left out. Each `{ … }` is one lexeme, and an interpolated string is its pieces and the lexemes of its
//! expressions. For example, `stage s { job x {} }` is the three lexemes `stage`, `s` and a block.

use chumsky::input::MappedInput;
use pipec_base::{Anchor, Span};

use crate::ast::StringForm;
use crate::token::{Punctuation, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lexeme<'t> {
    Word(&'t str),
    /// A literal that begins with a digit.
    Number(TokenKind, &'t str),
    /// A plain or raw string with its quotes.
    Text(StringForm, &'t str),
    InterpolationStart,
    /// The text between two expressions, by its number in the forest.
    Verbatim(usize),
    InterpolationEnd,
    Sign(Punctuation),
    /// `{ … }`, by its number in the forest.
    Block(usize),
    /// Unknown text. A diagnostic has reported it.
    Unknown(&'t str),
}

/// A span in the form that chumsky needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place(pub Span);

impl chumsky::span::Span for Place {
    type Context = Anchor;
    type Offset = u32;

    fn new(anchor: Anchor, range: std::ops::Range<u32>) -> Place {
        Place(Span { anchor, start: range.start, end: range.end.max(range.start) })
    }

    fn context(&self) -> Anchor {
        self.0.anchor
    }

    fn start(&self) -> u32 {
        self.0.start
    }

    fn end(&self) -> u32 {
        self.0.end
    }
}

pub(crate) type Placed<'t> = (Lexeme<'t>, Place);
pub(crate) type Stream<'t> = MappedInput<'t, Lexeme<'t>, Place, &'t [Placed<'t>]>;
