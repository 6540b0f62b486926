//! Tokens: a text cut into words, literals, punctuation and comments.
//!
//! Only white space is left out, but line ends are counted. See [`crate::lexer`] for the rules. For example, `timeout
//! 20m // long` is a word, a duration and a comment.

use pipec_base::{Anchor, Span};

/// The kind of a token. Its text is the source at its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A keyword, a name or a script's variable. The lexer does not distinguish them, because every keyword may be a
    /// name.
    Word,
    /// `42`
    Integer,
    /// `0.82`
    Decimal,
    /// `10m`
    Duration,
    /// `80%`
    Percent,
    /// `2GiB`
    Size,
    /// `08:00`
    Time,
    /// `2027-01-31`
    Date,
    /// `"…"`. An unclosed string ends with its line.
    PlainString,
    /// `"""…"""`
    RawString,
    /// `$"…{expr}…"`
    InterpolatedString,
    /// `{ } ( ) [ ] , : . .. = -> | < <= == != >= >`
    Punctuation(Punctuation),
    /// `// …`, without the end of the line.
    Comment,
    /// `/// …`, without the end of the line.
    Documentation,
    /// Text without meaning in the language. A diagnostic reports it.
    Unknown,
}

/// A punctuation sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Punctuation {
    OpenBrace,
    CloseBrace,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Dot,
    Range,
    Equals,
    Arrow,
    Bar,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Punctuation {
    /// All signs. A sign comes before its own prefixes, and frequent signs come first.
    pub const ALL: [Punctuation; 19] = [
        Punctuation::OpenBrace,
        Punctuation::CloseBrace,
        Punctuation::OpenParenthesis,
        Punctuation::CloseParenthesis,
        Punctuation::OpenBracket,
        Punctuation::CloseBracket,
        Punctuation::Comma,
        Punctuation::Colon,
        Punctuation::Range,
        Punctuation::Dot,
        Punctuation::Equal,
        Punctuation::Equals,
        Punctuation::Arrow,
        Punctuation::Bar,
        Punctuation::LessOrEqual,
        Punctuation::Less,
        Punctuation::NotEqual,
        Punctuation::GreaterOrEqual,
        Punctuation::Greater,
    ];

    /// Its text.
    pub fn text(self) -> &'static str {
        match self {
            Punctuation::OpenBrace => "{",
            Punctuation::CloseBrace => "}",
            Punctuation::OpenParenthesis => "(",
            Punctuation::CloseParenthesis => ")",
            Punctuation::OpenBracket => "[",
            Punctuation::CloseBracket => "]",
            Punctuation::Comma => ",",
            Punctuation::Colon => ":",
            Punctuation::Dot => ".",
            Punctuation::Range => "..",
            Punctuation::Equals => "=",
            Punctuation::Arrow => "->",
            Punctuation::Bar => "|",
            Punctuation::Less => "<",
            Punctuation::LessOrEqual => "<=",
            Punctuation::Equal => "==",
            Punctuation::NotEqual => "!=",
            Punctuation::GreaterOrEqual => ">=",
            Punctuation::Greater => ">",
        }
    }
}

/// A token: a part of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its place.
    pub span: Span,
    /// The number of line ends before it, counted from the token before. For the first token, they are counted from the
    /// start of the text.
    pub newlines_before: u32,
    /// The indentation of its line, in characters. A tab counts as one.
    pub indentation: u32,
    first: bool,
}

impl Token {
    pub(crate) fn new(
        kind: TokenKind,
        span: Span,
        newlines_before: u32,
        indentation: u32,
        first: bool,
    ) -> Token {
        Token { kind, span, newlines_before, indentation, first }
    }

    /// The same token in a piece of its text that begins `base` bytes further on. `first` says whether it is the first
    /// token of the piece.
    pub(crate) fn moved(&self, anchor: Anchor, base: u32, first: bool) -> Token {
        let Span { start, end, .. } = self.span;
        let span = Span { anchor, start: start.saturating_sub(base), end: end.saturating_sub(base) };
        let newlines_before = if first { 0 } else { self.newlines_before };
        Token { span, newlines_before, first: first || self.first, ..*self }
    }

    /// Whether it is the first on its line. A comment that is not follows other text.
    pub fn starts_line(&self) -> bool {
        self.first || self.newlines_before > 0
    }

    /// The number of blank lines between the token before it and itself.
    pub fn blank_lines_before(&self) -> u32 {
        if self.first { self.newlines_before } else { self.newlines_before.saturating_sub(1) }
    }

    /// Whether it is a comment or documentation. The grammar does not see these.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::Documentation)
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: Punctuation) -> bool {
        self.kind == TokenKind::Punctuation(sign)
    }

    /// Its text in the source. Empty for another source.
    pub fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.span.range()).unwrap_or("")
    }
}

/// All tokens of a text in order, with comments. Between two tokens there is only white space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    tokens: Vec<Token>,
}

impl Tokens {
    pub(crate) fn new(tokens: Vec<Token>) -> Tokens {
        Tokens { tokens }
    }

    /// The tokens.
    pub fn as_slice(&self) -> &[Token] {
        &self.tokens
    }

    /// The tokens in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Token> {
        self.tokens.iter()
    }

    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The index of the first token that ends after the byte `offset`. It is the token at this byte, or the next.
    pub fn at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| token.span.end as usize <= offset)
    }
}

impl<'t> IntoIterator for &'t Tokens {
    type Item = &'t Token;
    type IntoIter = std::slice::Iter<'t, Token>;

    fn into_iter(self) -> Self::IntoIter {
        self.tokens.iter()
    }
}
