//! Pairs braces and cuts the text at its declarations, before any grammar runs.
//!
//! So a missing or superfluous brace damages only its own block. If every brace has its partner, no more is needed.
//! Otherwise the text is cut at lines that begin a declaration at the left margin. Inside such a piece, indentation
//! decides: a `{` with an indented block ends before a line that is indented no deeper than the line of the `{`.
//!
//! For example, in
//!
//! ```text
//! pipeline a {
//!   stage s {
//!     job x { run "true" }
//! }
//! pipeline b {}
//! ```
//!
//! the `}` for `stage s` is missing. The next line is indented no deeper than `stage s {`, so the stage ends before it, and
//! its `}` closes `pipeline a`. `pipeline b` is undamaged.

use pipec_base::{Anchor, Diagnostic, Edit, Fix, Span, codes};

use crate::ast::StringForm;
use crate::lexeme::{Lexeme, Place, Placed};
use crate::lexer::lex_range;
use crate::string::{self, Piece};
use crate::token::{Punctuation, Token, TokenKind, Tokens};
use crate::words::Block;

/// The maximum nesting of braces, parentheses and brackets together.
pub const MAX_NESTING: usize = 128;

/// The paired blocks of a text.
#[derive(Debug, Default)]
pub(crate) struct Forest<'t> {
    /// The top of the file.
    pub top: Vec<Placed<'t>>,
    /// The contents of each `{ … }`.
    pub blocks: Vec<Vec<Placed<'t>>>,
    /// The texts between the expressions of interpolated strings.
    pub texts: Vec<String>,
}

/// The role of a token in its file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Plain,
    /// Dropped: a `}` without a `{`, or a token that is nested too deeply.
    Dropped,
    /// Before this token, this number of unclosed blocks ends.
    EndsBlocks(usize),
    /// Before this token, a block without `{` begins.
    BeginsBlock,
}

pub(crate) fn grow<'t>(anchor: Anchor, text: &'t str, tokens: &Tokens) -> (Forest<'t>, Vec<Diagnostic>) {
    let significant: Vec<Token> = tokens.iter().filter(|token| !token.is_comment()).copied().collect();
    let mut pairing = Pairing {
        text,
        roles: vec![Role::Plain; significant.len()],
        tokens: &significant,
        diagnostics: Vec::new(),
    };
    pairing.pair();
    pairing.limit_depth();
    let Pairing { roles, mut diagnostics, .. } = pairing;
    let mut builder =
        Builder { anchor, text, forest: Forest::default(), open: Vec::new(), diagnostics: Vec::new() };
    for (token, role) in significant.iter().zip(&roles) {
        match role {
            Role::Dropped => continue,
            Role::BeginsBlock => builder.open.push((token.span.at_start(), Vec::new())),
            Role::EndsBlocks(count) => (0..*count).for_each(|_| builder.close(token.span.at_start())),
            Role::Plain => {}
        }
        builder.token(token);
    }
    while !builder.open.is_empty() {
        builder.close(Span::new(anchor, text.len(), text.len()));
    }
    diagnostics.append(&mut builder.diagnostics);
    (builder.forest, diagnostics)
}

struct Pairing<'a, 't> {
    text: &'t str,
    tokens: &'a [Token],
    roles: Vec<Role>,
    diagnostics: Vec<Diagnostic>,
}

/// An open brace in the current piece of text.
#[derive(Clone, Copy)]
struct Open {
    token: Token,
    /// The indentation of the first line inside, if there is one.
    content: Option<u32>,
    /// Whether its content begins on its own line.
    inline: bool,
}

impl Open {
    /// Whether indentation shows its end: its content is indented or on its line.
    fn is_indented(&self) -> bool {
        self.inline || self.content.is_some_and(|content| content > self.token.indentation)
    }
}

impl Pairing<'_, '_> {
    fn role(&mut self, index: usize, role: Role) {
        if let Some(slot) = self.roles.get_mut(index) {
            *slot = role;
        }
    }

    fn pair(&mut self) {
        if surplus(self.tokens) == Some(0) {
            return;
        }
        let mut start = 0;
        while start < self.tokens.len() {
            let end = (start + 1..self.tokens.len())
                .find(|index| begins_declaration(self.text, self.tokens, *index))
                .unwrap_or(self.tokens.len());
            self.pair_piece(start, end);
            start = end;
        }
    }

    /// Pairs the braces of one declaration.
    fn pair_piece(&mut self, start: usize, end: usize) {
        let piece: Vec<Token> = self.tokens.get(start..end).unwrap_or(&[]).to_vec();
        let balance = surplus(&piece);
        if balance == Some(0) {
            return;
        }
        // The number of closing braces without partner that remain to be found, if there are more of them than of
        // opening ones.
        let mut strays = balance.map_or(0, |balance| balance.max(0));
        let mut lacking = balance.map_or(0, |balance| (-balance).max(0));
        let mut open: Vec<Open> = Vec::new();
        for (offset, token) in piece.iter().enumerate() {
            let index = start + offset;
            if token.starts_line() && !token.is(Punctuation::CloseBrace) {
                let ended = self.end_outdented(&mut open, token, false);
                if ended > 0 {
                    self.role(index, Role::EndsBlocks(ended));
                }
            }
            if let Some(innermost) = open.last_mut()
                && token.starts_line()
                && innermost.content.is_none()
                && !token.is(Punctuation::CloseBrace)
            {
                innermost.content = Some(token.indentation);
            }
            let before = offset.checked_sub(1).and_then(|before| piece.get(before)).copied();
            if strays > 0
                && let Some(header) = self.header_without_brace(&piece, offset)
            {
                strays -= 1;
                self.role(index, Role::BeginsBlock);
                self.missing(&header, before.unwrap_or(header));
                open.push(Open { token: header, content: Some(token.indentation), inline: false });
            }
            if token.is(Punctuation::OpenBrace)
                && lacking > 0
                && before.is_some_and(|before| before.is(Punctuation::OpenBrace))
            {
                lacking -= 1;
                self.role(index, Role::Dropped);
                self.one_too_many(token);
            } else if token.is(Punctuation::OpenBrace) {
                let next = piece.get(offset + 1);
                let inline = next.is_some_and(|next| !next.starts_line());
                open.push(Open { token: *token, content: None, inline });
            } else if token.is(Punctuation::CloseBrace) {
                let ended = if token.starts_line() { self.end_outdented(&mut open, token, true) } else { 0 };
                let too_deep = open.last().is_some_and(|innermost| {
                    innermost.content.is_some_and(|content| {
                        content > innermost.token.indentation
                            && (!token.starts_line() || token.indentation >= content)
                    })
                });
                if open.is_empty() || (strays > 0 && too_deep) {
                    strays -= 1;
                    self.role(index, Role::Dropped);
                    self.stray(token);
                } else {
                    open.pop();
                    if ended > 0 {
                        self.role(index, Role::EndsBlocks(ended));
                    }
                }
            }
        }
        let next = self.tokens.get(end).copied();
        if !open.is_empty() && next.is_some() {
            self.role(end, Role::EndsBlocks(open.len()));
        }
        while let Some(unclosed) = open.pop() {
            self.unclosed(&unclosed.token, next.as_ref());
        }
    }

    /// Ends the blocks that `token` is outside of by its indentation. Their content is indented, and `token` is the
    /// first of its line.
    fn end_outdented(&mut self, open: &mut Vec<Open>, token: &Token, closes: bool) -> usize {
        let mut ended = 0;
        while let Some(innermost) = open.last().copied() {
            let outside = if closes {
                token.indentation < innermost.token.indentation
            } else {
                token.indentation <= innermost.token.indentation
            };
            if !outside || !innermost.is_indented() {
                break;
            }
            open.pop();
            ended += 1;
            self.unclosed(&innermost.token, Some(token));
        }
        ended
    }

    fn unclosed(&mut self, brace: &Token, next: Option<&Token>) {
        let mut finding =
            Diagnostic::error(codes::P0010, "this `{` is not closed", brace.span).saying("opened here");
        finding = match next {
            Some(next) if next.is(Punctuation::CloseBrace) => {
                finding.label(next.span, "this `}` closes the enclosing block")
            }
            Some(next) => finding.label(next.span, "this is outside the block"),
            None => finding,
        };
        let until = next.map_or(self.text.len(), |next| next.span.start as usize);
        let before = self.tokens.partition_point(|token| (token.span.start as usize) < until);
        let last = before
            .checked_sub(1)
            .and_then(|index| self.tokens.get(index))
            .map_or(brace.span, |last| last.span);
        let indentation = " ".repeat(brace.indentation as usize);
        let title = "close the block there".to_owned();
        let edit = Edit { span: last.at_end(), text: format!("\n{indentation}}}") };
        finding.fix = Some(Fix { title, edits: vec![edit] });
        self.diagnostics.push(finding.help("add `}` where the block ends"));
    }

    /// The first word of the line above, if its block lacks `{`. The line at `offset` is then indented below it, and no
    /// `{` is between.
    fn header_without_brace(&self, piece: &[Token], offset: usize) -> Option<Token> {
        let token = piece.get(offset).filter(|token| token.starts_line())?;
        let above = piece.get(..offset)?;
        let last = above.last()?;
        let header = above.iter().rev().find(|token| token.starts_line())?;
        let word = header.text(self.text);
        let takes_block = Block::ALL
            .iter()
            .any(|block| block.clause_or_planned(word).is_some_and(|clause| clause.opens.is_some()));
        let continues_clause = matches!(
            last.kind,
            TokenKind::Punctuation(
                Punctuation::OpenBrace
                    | Punctuation::CloseBrace
                    | Punctuation::Comma
                    | Punctuation::OpenParenthesis
                    | Punctuation::OpenBracket
                    | Punctuation::Equals
            )
        );
        let first = token.text(self.text);
        let begins_clause = first == "allow"
            || word == "matrix"
            || Block::ALL.iter().any(|block| block.clause_or_planned(first).is_some());
        (token.indentation > header.indentation && takes_block && !continues_clause && begins_clause)
            .then_some(*header)
    }

    fn missing(&mut self, header: &Token, last: Token) {
        let word = header.text(self.text);
        self.diagnostics.push(
            Diagnostic::error(codes::P0011, format!("this `{word}` has no `{{`"), header.span.to(last.span))
                .help("put the indented lines below it between braces")
                .fix("write `{`", last.span.at_end(), " {"),
        );
    }

    fn one_too_many(&mut self, brace: &Token) {
        self.diagnostics.push(
            Diagnostic::error(codes::P0011, "this `{` is extra", brace.span).help("remove it").fix(
                "remove it",
                brace.span,
                "",
            ),
        );
    }

    fn stray(&mut self, brace: &Token) {
        self.diagnostics.push(
            Diagnostic::error(codes::P0011, "this `}` closes nothing", brace.span)
                .help("remove it, or write the `{` it belongs to")
                .fix("remove it", brace.span, ""),
        );
    }

    /// Drops tokens that are nested too deeply for people and for the parser's stack.
    fn limit_depth(&mut self) {
        let mut depth: usize = 0;
        let mut run: usize = 0;
        let mut reported = false;
        for index in 0..self.tokens.len() {
            let Some(token) = self.tokens.get(index).copied() else { break };
            let opens = matches!(
                token.kind,
                TokenKind::Punctuation(
                    Punctuation::OpenBrace | Punctuation::OpenParenthesis | Punctuation::OpenBracket
                )
            );
            let closes = matches!(
                token.kind,
                TokenKind::Punctuation(
                    Punctuation::CloseBrace | Punctuation::CloseParenthesis | Punctuation::CloseBracket
                )
            );
            // `not not …` and `list<list<…` nest without brackets.
            let nests = token.is(Punctuation::Less)
                || (token.kind == TokenKind::Word && token.text(self.text) == "not");
            run = match token.kind {
                _ if nests => run + 1,
                TokenKind::Word => run,
                TokenKind::Punctuation(Punctuation::OpenParenthesis) => run,
                _ => 0,
            };
            if let Some(Role::EndsBlocks(count)) = self.roles.get(index) {
                depth = depth.saturating_sub(*count);
            }
            if self.roles.get(index) == Some(&Role::Dropped) {
                continue;
            }
            depth = if opens { depth + 1 } else { depth };
            let too_deep = depth > MAX_NESTING || run > MAX_NESTING;
            depth = if closes { depth.saturating_sub(1) } else { depth };
            if too_deep {
                self.role(index, Role::Dropped);
                if !reported {
                    reported = true;
                    self.diagnostics.push(
                        Diagnostic::error(
                            codes::P0003,
                            format!("this is nested more than {MAX_NESTING} deep"),
                            token.span,
                        )
                        .help("give the inner parts names: a task, or a `let`"),
                    );
                }
            }
        }
    }
}

/// Whether a declaration begins at this token, at the left margin.
pub(crate) fn begins_declaration(text: &str, tokens: &[Token], index: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(index), tokens.get(index + 1)) else {
        return false;
    };
    if !token.starts_line() || token.indentation != 0 || token.kind != TokenKind::Word {
        return false;
    }
    let word = token.text(text);
    matches!(next.kind, TokenKind::Word | TokenKind::PlainString)
        && !next.starts_line()
        && Block::File.is_taken(word)
}

/// The number of closing braces without opening ones. `None` if a brace closes before it opens, but the numbers are
/// equal.
pub(crate) fn surplus(tokens: &[Token]) -> Option<i64> {
    let mut depth: i64 = 0;
    let mut lowest: i64 = 0;
    for token in tokens {
        if token.is(Punctuation::OpenBrace) {
            depth += 1;
        } else if token.is(Punctuation::CloseBrace) {
            depth -= 1;
            lowest = lowest.min(depth);
        }
    }
    if depth == 0 && lowest < 0 { None } else { Some(-depth) }
}

struct Builder<'t> {
    anchor: Anchor,
    text: &'t str,
    forest: Forest<'t>,
    /// The open blocks: the place of each `{`, and the contents so far.
    open: Vec<(Span, Vec<Placed<'t>>)>,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    fn push(&mut self, lexeme: Lexeme<'t>, span: Span) {
        let into = self.open.last_mut().map_or(&mut self.forest.top, |(_, inside)| inside);
        into.push((lexeme, Place(span)));
    }

    fn close(&mut self, at: Span) {
        let Some((open, inside)) = self.open.pop() else { return };
        let end = if at.start == at.end { inside.last().map_or(open, |(_, place)| place.0) } else { at };
        let number = self.forest.blocks.len();
        self.forest.blocks.push(inside);
        self.push(Lexeme::Block(number), open.to(end));
    }

    fn token(&mut self, token: &Token) {
        let text = token.text(self.text);
        let lexeme = match token.kind {
            TokenKind::Comment | TokenKind::Documentation => return,
            TokenKind::Word => Lexeme::Word(text),
            TokenKind::Integer
            | TokenKind::Decimal
            | TokenKind::Duration
            | TokenKind::Percent
            | TokenKind::Size
            | TokenKind::Time
            | TokenKind::Date => Lexeme::Number(token.kind, text),
            TokenKind::PlainString => Lexeme::Text(StringForm::Plain, text),
            TokenKind::RawString => Lexeme::Text(StringForm::Raw, text),
            TokenKind::InterpolatedString => return self.interpolated(token.span, text),
            TokenKind::Punctuation(Punctuation::OpenBrace) => {
                self.open.push((token.span, Vec::new()));
                return;
            }
            TokenKind::Punctuation(Punctuation::CloseBrace) => return self.close(token.span),
            TokenKind::Punctuation(sign) => Lexeme::Sign(sign),
            // A sign of another language gets its meaning, so that the clause around it can be parsed.
            TokenKind::Unknown => match text {
                "&&" => Lexeme::Word("and"),
                "||" => Lexeme::Word("or"),
                "!" => Lexeme::Word("not"),
                ";" | "-" => return,
                _ => Lexeme::Unknown(text),
            },
        };
        self.push(lexeme, token.span);
    }

    fn interpolated(&mut self, span: Span, text: &'t str) {
        let start = span.start as usize;
        self.push(Lexeme::InterpolationStart, span);
        let mut between = span.at_start();
        for piece in string::read_interpolated(text).0 {
            match piece {
                Piece::Verbatim(value) => {
                    let number = self.forest.texts.len();
                    self.forest.texts.push(value);
                    self.push(Lexeme::Verbatim(number), between);
                }
                Piece::Expression(range) => {
                    between = Span::new(self.anchor, start + range.end, start + range.end);
                    let (tokens, mut findings) =
                        lex_range(self.anchor, self.text, start + range.start..start + range.end);
                    self.diagnostics.append(&mut findings);
                    for token in tokens {
                        self.expression_token(&token);
                    }
                }
            }
        }
        let end = span.end as usize;
        self.push(Lexeme::InterpolationEnd, Span::new(self.anchor, end.saturating_sub(1), end));
    }

    /// A token of an expression in a string. Braces and strings have no meaning there.
    fn expression_token(&mut self, token: &Token) {
        let braces = token.is(Punctuation::OpenBrace) || token.is(Punctuation::CloseBrace);
        match token.kind {
            TokenKind::Punctuation(sign) if braces => self.push(Lexeme::Sign(sign), token.span),
            TokenKind::InterpolatedString => {
                self.push(Lexeme::Unknown(token.text(self.text)), token.span);
            }
            _ => self.token(token),
        }
    }
}
