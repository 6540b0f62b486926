//! Tokens: a text cut into words, literals, punctuation and comments, with nothing lost but white space, and that
//! counted in lines. See [`crate::lexer`] for the rules.

use pipec_base::{Anchor, Span};

/// What a token is; its text is the source under its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A keyword, a name or a script's variable: the lexer does not tell them apart, every keyword may be a name.
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
    /// `"…"`; one that is not closed ends with its line.
    PlainString,
    /// `"""…"""`
    RawString,
    /// `$"…{expr}…"`
    InterpolatedString,
    /// `{ } ( ) [ ] , : . .. = -> | < <= == != >= >`
    Punctuation(Punctuation),
    /// `// …` to the end of the line, which is not part of it.
    Comment,
    /// `/// …` to the end of the line, which is not part of it.
    Documentation,
    /// What is no token of the language; a diagnostic says so.
    Unknown,
}

/// Signs with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants name themselves")]
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
    /// All signs; one that begins with another stands before it, and those that are written most stand first.
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

    /// How it is written.
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

/// A piece of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
    /// How many lines end between the token before it (or the start of the text) and itself.
    pub newlines_before: u32,
    /// How far its line is indented, in characters; a tab counts as one.
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

    /// The same token in a piece of its text that begins `base` bytes further on; `first` in it or not.
    pub(crate) fn moved(&self, anchor: Anchor, base: u32, first: bool) -> Token {
        let Span { start, end, .. } = self.span;
        let span = Span { anchor, start: start.saturating_sub(base), end: end.saturating_sub(base) };
        let newlines_before = if first { 0 } else { self.newlines_before };
        Token { span, newlines_before, first: first || self.first, ..*self }
    }

    /// Whether it is the first on its line. A comment that is not stands behind something.
    pub fn starts_line(&self) -> bool {
        self.first || self.newlines_before > 0
    }

    /// How many blank lines stand between the token before it and itself.
    pub fn blank_lines_before(&self) -> u32 {
        if self.first { self.newlines_before } else { self.newlines_before.saturating_sub(1) }
    }

    /// Whether it is a comment or documentation, which the grammar does not see.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::Documentation)
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: Punctuation) -> bool {
        self.kind == TokenKind::Punctuation(sign)
    }

    /// Its text, given the source it was cut from; empty for another source.
    pub fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.span.range()).unwrap_or("")
    }
}

/// All tokens of a text in order, comments included. Between two there is only white space.
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

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The number of the first token that ends after the byte `offset`: the one under it, or the next.
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
