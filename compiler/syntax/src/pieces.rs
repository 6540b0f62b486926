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
//!
//! After an edit, [`pieces_after`] cuts only the edited pieces and their two neighbours again.

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
    /// The tokens of the whole text. None if only the edited pieces were cut.
    tokens: Option<Tokens>,
    findings: Vec<Diagnostic>,
    cut: Cut,
}

/// Where a text is cut into pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The first byte of each piece. The first is 0.
    starts: Vec<usize>,
    /// Whether every token has a meaning and every brace has its partner. Then a piece is cut by its own text alone.
    is_sound: bool,
}

impl Cut {
    /// Whether there are several pieces.
    pub fn is_several(&self) -> bool {
        self.starts.len() > 1
    }
}

/// Cuts a text into pieces. A text with a finding about the whole text is one piece.
pub fn pieces(text: &str) -> Pieces<'_> {
    let (tokens, findings) = lexer::lex(Anchor::default(), text);
    let is_whole = findings.iter().any(|finding| matches!(finding.code, codes::P0001 | codes::P0002));
    let significant = Significant::of(&tokens);
    let starts = if is_whole { vec![0] } else { starts(text, &tokens, &significant) };
    let cut = Cut { starts, is_sound: findings.is_empty() && significant.is_balanced };
    Pieces { text, tokens: Some(tokens), findings, cut }
}

/// Cuts a text into pieces like [`pieces`]. The cut of the text before an edit makes it fast.
pub fn pieces_after<'t>(text: &'t str, before: &str, cut: &Cut) -> Pieces<'t> {
    match edited(text, before, cut) {
        Some(cut) => Pieces { text, tokens: None, findings: Vec::new(), cut },
        None => pieces(text),
    }
}

/// The cut after an edit, from the cut before it. None if the edit may change more than the pieces around it.
///
/// Cuts the edited pieces and a neighbour on each side. If both neighbours begin where they did, then so do the pieces
/// before and after them.
fn edited(text: &str, before: &str, cut: &Cut) -> Option<Cut> {
    if !cut.is_sound || text.len() > lexer::MAX_SOURCE_BYTES {
        return None;
    }
    let same_before = common_prefix(text.as_bytes(), before.as_bytes());
    let most = text.len().min(before.len()) - same_before;
    let same_after = common_suffix(text.as_bytes(), before.as_bytes()).min(most);
    let end = |piece: usize| cut.starts.get(piece + 1).copied().unwrap_or(before.len());
    let changed =
        (0..cut.starts.len()).find(|piece| end(*piece) > same_before).unwrap_or(cut.starts.len() - 1);
    let first = changed.saturating_sub(1);
    let first_start = cut.starts.get(first).copied()?;
    // The first piece after the edit, and the piece after that one.
    let next = cut.starts.iter().position(|start| *start >= before.len() - same_after);
    let next = next.filter(|next| *next > changed);
    let behind = next.map_or(cut.starts.len(), |next| next + 1);
    let moved = |start: usize| start + text.len() - before.len();
    let until = if behind < cut.starts.len() { moved(*cut.starts.get(behind)?) } else { text.len() };
    let part = text.get(first_start..until)?;
    if first > 0 && part.starts_with('\u{feff}') {
        return None;
    }
    let (tokens, findings) = lexer::lex(Anchor::default(), part);
    let significant = Significant::of(&tokens);
    if !findings.is_empty() || !significant.is_balanced {
        return None;
    }
    if first > 0 && !begins_piece(part, &significant.tokens, 0) {
        return None;
    }
    let between = starts(part, &tokens, &significant);
    let between = between.into_iter().map(|start| first_start + start);
    let mut starts: Vec<usize> = cut.starts.get(..first)?.iter().copied().chain(between).collect();
    if let Some(next) = next
        && starts.last().copied() != Some(moved(*cut.starts.get(next)?))
    {
        return None;
    }
    starts.extend(cut.starts.get(behind..)?.iter().map(|start| moved(*start)));
    Some(Cut { starts, is_sound: true })
}

/// The number of equal bytes at the start of both.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let blocks = left.chunks_exact(BLOCK).zip(right.chunks_exact(BLOCK));
    let known = blocks.take_while(|(left, right)| left == right).count() * BLOCK;
    let rest = left.iter().zip(right).skip(known);
    known + rest.take_while(|(left, right)| left == right).count()
}

/// The number of equal bytes at the end of both.
fn common_suffix(left: &[u8], right: &[u8]) -> usize {
    let blocks = left.rchunks_exact(BLOCK).zip(right.rchunks_exact(BLOCK));
    let known = blocks.take_while(|(left, right)| left == right).count() * BLOCK;
    let rest = left.iter().rev().zip(right.iter().rev()).skip(known);
    known + rest.take_while(|(left, right)| left == right).count()
}

/// The number of bytes that are compared at once.
const BLOCK: usize = 64;

impl<'t> Pieces<'t> {
    /// The number of pieces, at least one.
    pub fn len(&self) -> usize {
        self.cut.starts.len()
    }

    /// Whether there is no piece. Always false.
    pub fn is_empty(&self) -> bool {
        self.cut.starts.is_empty()
    }

    /// Where the text is cut.
    pub fn cut(&self) -> &Cut {
        &self.cut
    }

    /// The bytes of neighbouring pieces.
    pub fn bytes(&self, pieces: Range<usize>) -> Range<usize> {
        let start = self.cut.starts.get(pieces.start).copied().unwrap_or(self.text.len());
        start..self.cut.starts.get(pieces.end).copied().unwrap_or(self.text.len())
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
        let Some(tokens) = &self.tokens else {
            // The text is sound, so its pieces have the tokens that they have in the whole text.
            let (tokens, findings) = lexer::lex(anchor, text);
            let tokens = tokens.iter().enumerate().map(|(place, token)| token.moved(anchor, 0, place == 0));
            return Lexed { anchor, text, tokens: Tokens::new(tokens.collect()), findings, is_part };
        };
        let base = u32::try_from(bytes.start).unwrap_or(u32::MAX);
        let first = tokens.at(bytes.start);
        let own = tokens.as_slice().get(first..).unwrap_or(&[]).iter();
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

/// The tokens of a text without its comments.
struct Significant {
    /// The place of each among all tokens.
    places: Vec<usize>,
    tokens: Vec<Token>,
    /// Whether every brace has its partner.
    is_balanced: bool,
}

impl Significant {
    fn of(tokens: &Tokens) -> Significant {
        let (places, tokens): (Vec<usize>, Vec<Token>) =
            tokens.iter().enumerate().filter(|(_, token)| !token.is_comment()).unzip();
        let is_balanced = surplus(&tokens) == Some(0);
        Significant { places, tokens, is_balanced }
    }
}

/// The starts of the pieces of a text. The first is 0.
fn starts(text: &str, tokens: &Tokens, significant: &Significant) -> Vec<usize> {
    let Significant { places, tokens: significant, is_balanced } = significant;
    let mut firsts: Vec<usize> = Vec::new();
    let mut depth = 0_i64;
    let mut after_allow = false;
    for (index, token) in significant.iter().enumerate() {
        let is_allow = begins_allow(text, significant, index);
        if (depth == 0 || !is_balanced) && begins_piece(text, significant, index) {
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
    if !is_balanced && !join_unbalanced(significant, &mut firsts) {
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

/// Whether a piece may begin at a token: it begins a declaration, or an `allow` clause before one.
fn begins_piece(text: &str, tokens: &[Token], index: usize) -> bool {
    begins_allow(text, tokens, index) || begins_declaration(text, tokens, index)
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

#[cfg(test)]
mod tests {
    use super::{Cut, Pieces, pieces, pieces_after};
    use crate::token::Tokens;
    use pipec_base::{Anchor, Diagnostic};

    const BEFORE: &str = "// The version.\nlet version = \"1.2\"\n\n/// It ships.\npipeline shop {\n  on push to main\n}\n\n// A note.\nallow P0905 because \"old\"\n// Another.\nenvironment e { requires test }\nlet a = 1 let b = 2\nrole r {\n}\n";

    /// Where a text is cut, with the tokens and findings of each piece.
    fn shown<'p>(pieces: &'p Pieces<'_>) -> (&'p Cut, Vec<(Tokens, Vec<Diagnostic>)>) {
        let each = (0..pieces.len()).map(|place| pieces.lexed(place..place + 1, Anchor(0)));
        (pieces.cut(), each.map(|lexed| (lexed.tokens, lexed.findings)).collect())
    }

    #[test]
    fn an_edited_text_is_cut_like_a_new_one() {
        let inserted = [
            "",
            " ",
            "\n",
            "x",
            "{",
            "}",
            "{}",
            "\"",
            "\"\"\"",
            "//",
            "/",
            "///",
            "-",
            "://",
            "#",
            "\u{feff}",
            "é",
            "\nlet x = 1\n",
            "\nallow P0905 because \"x\"\n",
            "allow ",
            "let ",
            "\n// c\n",
            "} {",
        ];
        let (mut cut_again, mut all) = (0, 0);
        for before in
            [BEFORE, "\u{feff}let a = 1\nlet b = 2\nlet c = 3", "let a = 1\n\n", "let a = \"\nlet b = 2"]
        {
            let known = pieces(before);
            let places: Vec<usize> =
                (0..=before.len()).filter(|place| before.is_char_boundary(*place)).collect();
            for (from, start) in places.iter().enumerate() {
                for end in places.get(from..).unwrap_or(&[]).iter().take(4).chain(places.last()) {
                    let (head, tail) = (before.get(..*start).unwrap_or(""), before.get(*end..).unwrap_or(""));
                    for text in inserted.map(|inserted| format!("{head}{inserted}{tail}")) {
                        let after = pieces_after(&text, before, known.cut());
                        assert_eq!(shown(&after), shown(&pieces(&text)), "{before:?} {text:?}");
                        all += 1;
                        cut_again += usize::from(after.tokens.is_none());
                    }
                }
            }
        }
        assert!(cut_again * 4 > all, "only {cut_again} of {all} edits are cut where they are");
    }
}
