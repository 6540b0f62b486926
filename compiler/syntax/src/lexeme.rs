//! What the grammar reads: the tokens without comments, each `{ … }` as one lexeme, and an interpolated string as its
//! pieces and the lexemes of its expressions.

use chumsky::input::MappedInput;
use pipec_base::{Anchor, Span};

use crate::ast::StringForm;
use crate::token::{Punctuation, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lexeme<'t> {
    Word(&'t str),
    /// A literal that begins with a digit.
    Number(TokenKind, &'t str),
    /// A plain or raw string, quotes included.
    Text(StringForm, &'t str),
    InterpolationStart,
    /// The text between two expressions; its number in the forest.
    Verbatim(usize),
    InterpolationEnd,
    Sign(Punctuation),
    /// `{ … }`; its number in the forest.
    Block(usize),
    /// A diagnostic has been made for it.
    Unknown(&'t str),
}

/// A span, as chumsky wants it.
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
