//! A text cut at its declarations: an edit to one leaves the others unchanged.
//!
//! ```text
//! // The version that is released.        piece 1
//! let version = "1.2"
//!
//! pipeline shop {                         piece 2
//!   on push to main
//! }
//! ```
//!
//! A piece begins at a line that begins a declaration at the left margin, with the comments and the `allow` clauses
//! before it. Its tree depends on its own bytes only. A piece with a fault is parsed again together with its
//! neighbours, because a finding may depend on them: a name may be missing at its end, before the next declaration.

use std::ops::Range;

use pipec_base::{Anchor, Diagnostic, codes};

use crate::forest::{begins_declaration, surplus};
use crate::lexer::{self, MAX_DIAGNOSTICS};
use crate::token::{Token, TokenKind, Tokens};
use crate::{Lexed, Parsed, read};

/// A text, cut into pieces.
#[derive(Clone, Debug)]
pub struct Pieces<'t> {
    text: &'t str,
    tokens: Tokens,
    findings: Vec<Diagnostic>,
    starts: Vec<usize>,
}

/// Cuts a text into pieces. A text with a finding about the whole text is one piece.
pub fn pieces(text: &str) -> Pieces<'_> {
    let (tokens, findings) = lexer::lex(Anchor::default(), text);
    let is_whole = findings.iter().any(|finding| matches!(finding.code, codes::P0001 | codes::P0002));
    let starts = if is_whole { vec![0] } else { starts(text, &tokens) };
    Pieces { text, tokens, findings, starts }
}

impl<'t> Pieces<'t> {
    /// The number of pieces, at least one.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no piece. Always false.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The bytes of neighbouring pieces.
    pub fn bytes(&self, pieces: Range<usize>) -> Range<usize> {
        let start = self.starts.get(pieces.start).copied().unwrap_or(self.text.len());
        start..self.starts.get(pieces.end).copied().unwrap_or(self.text.len())
    }

    /// The text of neighbouring pieces.
    pub fn text(&self, pieces: Range<usize>) -> &'t str {
        self.text.get(self.bytes(pieces)).unwrap_or("")
    }

    /// Parses sequences of neighbouring pieces, each with the anchor of its spans.
    pub fn read(&self, wanted: &[(Range<usize>, Anchor)]) -> Vec<Parsed> {
        let lexed = wanted.iter().map(|(pieces, anchor)| self.lexed(pieces.clone(), *anchor));
        read(lexed.collect())
    }

    fn lexed(&self, pieces: Range<usize>, anchor: Anchor) -> Lexed<'t> {
        let is_part = pieces.len() < self.len();
        let bytes = self.bytes(pieces);
        let text = self.text.get(bytes.clone()).unwrap_or("");
        let base = u32::try_from(bytes.start).unwrap_or(u32::MAX);
        let first = self.tokens.at(bytes.start);
        let own = self.tokens.as_slice().get(first..).unwrap_or(&[]).iter();
        let own = own.take_while(|token| (token.span.start as usize) < bytes.end);
        let mut tokens: Vec<Token> =
            own.enumerate().map(|(place, token)| token.moved(anchor, base, place == 0)).collect();
        // The tokens are kept as long as the piece.
        tokens.shrink_to_fit();
        let is_own = |finding: &&Diagnostic| bytes.contains(&(finding.span().start as usize));
        let findings = self.findings.iter().filter(is_own).map(|finding| moved(finding, anchor, base));
        Lexed { anchor, text, tokens: Tokens::new(tokens), findings: findings.collect(), is_part }
    }

    /// The sequences of pieces that are parsed together. Each is a single piece, or a piece with a fault and its
    /// neighbours. `reads` gives the faults of a sequence.
    pub fn sequences<R>(
        &self,
        alone: Vec<R>,
        findings: impl Fn(&R) -> &[Diagnostic],
        mut again: impl FnMut(Range<usize>) -> R,
    ) -> Vec<(Range<usize>, R)> {
        let is_loud: Vec<bool> = alone.iter().map(|read| !findings(read).is_empty()).collect();
        let count: usize = alone.iter().map(|read| findings(read).len()).sum();
        let too_deep = |read: &R| findings(read).iter().any(|finding| finding.code == codes::P0003);
        let all = 0..self.len();
        if self.len() == 1 || count == 0 {
            return alone.into_iter().enumerate().map(|(place, read)| (place..place + 1, read)).collect();
        }
        if count > MAX_DIAGNOSTICS || alone.iter().any(too_deep) {
            return vec![(all.clone(), again(all))];
        }
        let mut sequences: Vec<(Range<usize>, Option<R>)> = Vec::new();
        let mut alone = alone.into_iter().map(Some).collect::<Vec<_>>();
        let mut place = 0;
        while place < self.len() {
            let next_is_loud = is_loud.get(place + 1).copied().unwrap_or(false);
            if !is_loud.get(place).copied().unwrap_or(false) && !next_is_loud {
                sequences.push((place..place + 1, alone.get_mut(place).and_then(Option::take)));
                place += 1;
                continue;
            }
            // The sequence ends before the second piece in succession without faults.
            let mut end = place + 1;
            while end < self.len()
                && (is_loud.get(end).copied().unwrap_or(false)
                    || is_loud.get(end - 1).copied().unwrap_or(false)
                    || (is_loud.get(end + 1).copied().unwrap_or(false)))
            {
                end += 1;
            }
            sequences.push((place..end, None));
            place = end;
        }
        self.spread(sequences, findings, again)
    }

    /// Parses the sequences that are not parsed yet. A sequence grows over the next neighbour if its own neighbour has
    /// a fault, too.
    fn spread<R>(
        &self,
        mut sequences: Vec<(Range<usize>, Option<R>)>,
        findings: impl Fn(&R) -> &[Diagnostic],
        mut again: impl FnMut(Range<usize>) -> R,
    ) -> Vec<(Range<usize>, R)> {
        let mut place = 0;
        while let Some((run, read)) = sequences.get_mut(place) {
            if read.is_some() {
                place += 1;
                continue;
            }
            let run = run.clone();
            let fresh = again(run.clone());
            let bytes = self.bytes(run.clone());
            let is_in = |piece: usize| {
                let own = self.bytes(piece..piece + 1);
                findings(&fresh).iter().any(|finding| {
                    let at = bytes.start + finding.span().start as usize;
                    own.contains(&at) || (own.end == self.text.len() && at >= own.end)
                })
            };
            let before = run.start > 0 && is_in(run.start);
            let after = run.end < self.len() && is_in(run.end - 1);
            if !before && !after {
                *read = Some(fresh);
                place += 1;
                continue;
            }
            let first = if before { place - 1 } else { place };
            let last = if after { place + 1 } else { place };
            let start = sequences.get(first).map_or(run.start, |(run, _)| run.start);
            let end = sequences.get(last).map_or(run.end, |(run, _)| run.end);
            sequences.splice(first..=last, [(start..end, None)]);
            place = first;
        }
        sequences.into_iter().filter_map(|(run, read)| Some((run, read?))).collect()
    }
}

/// A finding with its places counted from another anchor, which is `base` bytes further on.
fn moved(finding: &Diagnostic, anchor: Anchor, base: u32) -> Diagnostic {
    let mut finding = finding.clone();
    let edits = finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.span);
    for span in finding.labels.iter_mut().map(|label| &mut label.span).chain(edits) {
        span.anchor = anchor;
        span.start = span.start.saturating_sub(base);
        span.end = span.end.saturating_sub(base);
    }
    finding
}

/// The starts of the pieces of a text. The first is 0.
fn starts(text: &str, tokens: &Tokens) -> Vec<usize> {
    let (places, significant): (Vec<usize>, Vec<Token>) =
        tokens.iter().enumerate().filter(|(_, token)| !token.is_comment()).unzip();
    let is_balanced = surplus(&significant) == Some(0);
    let mut firsts: Vec<usize> = Vec::new();
    let mut depth = 0_i64;
    let mut after_allow = false;
    for (index, token) in significant.iter().enumerate() {
        let is_allow = begins_allow(text, &significant, index);
        if (depth == 0 || !is_balanced) && (is_allow || begins_declaration(text, &significant, index)) {
            if !after_allow {
                firsts.push(index);
            }
            after_allow = is_allow;
        }
        depth += match token.kind {
            TokenKind::Punctuation(crate::Punctuation::OpenBrace) => 1,
            TokenKind::Punctuation(crate::Punctuation::CloseBrace) => -1,
            _ => 0,
        };
    }
    if let Some(first) = firsts.first_mut() {
        *first = 0;
    }
    if !is_balanced && !join_unbalanced(&significant, &mut firsts) {
        return vec![0];
    }
    let mut starts: Vec<usize> = firsts
        .iter()
        .filter_map(|first| places.get(*first))
        .map(|place| line_start(text, with_comments(tokens, *place)))
        .collect();
    match starts.first_mut() {
        Some(first) => *first = 0,
        None => starts.push(0),
    }
    starts
}

/// Joins each piece with unbalanced braces and the next one. False if that can't balance the braces.
fn join_unbalanced(tokens: &[Token], firsts: &mut Vec<usize>) -> bool {
    let mut place = 0;
    while place + 1 < firsts.len() {
        let first = firsts.get(place).copied().unwrap_or(0);
        let balance = |end: usize| surplus(tokens.get(first..end).unwrap_or(&[]));
        let end = |place: usize| firsts.get(place).copied().unwrap_or(tokens.len());
        if balance(end(place + 1)) == Some(0) {
            place += 1;
            continue;
        }
        if balance(end(place + 2)) == Some(0) {
            return false;
        }
        // If the neighbour is unbalanced, too, the text after it is as well.
        let neighbour = surplus(tokens.get(end(place + 1)..end(place + 2)).unwrap_or(&[]));
        firsts.remove(place + 1);
        if neighbour == Some(0) {
            place += 1;
        }
    }
    true
}

fn begins_allow(text: &str, tokens: &[Token], index: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(index), tokens.get(index + 1)) else { return false };
    token.starts_line()
        && token.indentation == 0
        && token.kind == TokenKind::Word
        && token.text(text) == "allow"
        && next.kind == TokenKind::Word
        && !next.starts_line()
}

/// The first byte of a token, or of the comments on separate lines before it.
fn with_comments(tokens: &Tokens, place: usize) -> usize {
    let before = tokens.as_slice().get(..=place).unwrap_or(&[]).iter().rev().enumerate();
    let own = before.take_while(|(back, token)| *back == 0 || token.is_comment() && token.starts_line());
    own.last().map_or(0, |(_, token)| token.span.start as usize)
}

fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}
