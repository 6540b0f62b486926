//! Parses blocks by clause.
//!
//! The reader finds the rule for a clause's first word and runs it. If the rule stops, the reader reports that and
//! continues with the next clause. A broken clause keeps as much as possible: its name, and the contents of its braces.
//!
//! For example, in `stage s { gate a test { … } job b { … } }` the rule for `gate` stops at `test`, because `:` is
//! missing. The stage then has a broken clause with the name `a`, and the job `b`.

use chumsky::extra::SimpleState;
use chumsky::input::Input;
use chumsky::prelude::*;
use pipec_base::{Diagnostic, Span, Spanned, codes};

use crate::ast::{Allow, Clause, Name};
use crate::content::Content;
use crate::failure::{Expected, Failure, Stop};
use crate::forest::Forest;
use crate::grammar::{Grammar, Notes, Rule, Table, is_name};
use crate::lexeme::{Lexeme, Place, Placed};
use crate::lexer::MAX_DIAGNOSTICS;
use crate::teach;
use crate::token::{Punctuation, Token, TokenKind, Tokens};
use crate::words::{Block, ClauseWord};

/// The number of lexemes that a clause's rule first gets. A rule may run over all its lexemes, so this bounds the work
/// per clause. A rule that inspects the last of them gets more.
const FIRST_WINDOW: usize = 12;

pub(crate) struct Reader<'t, 'g> {
    pub text: &'t str,
    pub grammar: &'g Grammar<'t>,
    pub forest: &'t Forest<'t>,
    pub tokens: &'t Tokens,
    /// Whether the text is a part of a longer text with several lines.
    pub is_part: bool,
    /// The places of findings that explain why a clause can't be parsed, in order.
    pub reported: Vec<Span>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A clause as its rule parsed it.
struct Read<T> {
    kind: T,
    /// The range from its first lexeme to its last.
    span: Span,
    /// The index of the lexeme after it.
    next: usize,
    /// The block at its end.
    block: Option<usize>,
}

/// The last parsed clause, while it may still turn out to be too long.
struct Complete {
    at: usize,
    next: usize,
    /// The number of findings before it.
    findings: usize,
    /// The number of clauses of its block before it.
    seen: usize,
}

/// The readable parts of a clause that can't be parsed.
pub(crate) struct Salvage {
    /// The clause that was intended.
    pub clause: Option<&'static ClauseWord>,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Whether parameters or arguments follow its name.
    pub parameters: bool,
    /// The block at its end.
    pub block: Option<usize>,
    /// The range of the whole clause.
    pub span: Span,
}

impl<'t> Reader<'t, '_> {
    pub fn report(&mut self, finding: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(finding);
        }
    }

    /// Parses the clauses of a block.
    pub fn block<T: Content<'t>>(&mut self, number: usize) -> Vec<Clause<T>> {
        let forest = self.forest;
        forest.blocks.get(number).map_or_else(Vec::new, |inside| self.clauses(inside))
    }

    /// Parses the clauses in a sequence of lexemes.
    pub fn clauses<T: Content<'t>>(&mut self, lexemes: &'t [Placed<'t>]) -> Vec<Clause<T>> {
        let grammar = self.grammar;
        let table = T::table(grammar);
        let mut clauses: Vec<Clause<T>> = Vec::new();
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        let is_cut = self.is_part && T::BLOCK == Block::File;
        let on_one_line = !is_cut && self.is_on_one_line(lexemes);
        let mut complete: Option<Complete> = None;
        let mut at = 0;
        while let Some((_, first)) = lexemes.get(at) {
            let start = at;
            let docs = self.docs_before(first.0);
            let (allows, next, broken) = self.allows(lexemes, at, T::BLOCK);
            at = next;
            if broken {
                complete = None;
                at = self.resume(lexemes, at, at + 1, T::BLOCK, on_one_line).0;
                continue;
            }
            let Some(&(lexeme, place)) = lexemes.get(at) else {
                self.idle_allow(&allows);
                break;
            };
            let word = match lexeme {
                Lexeme::Word(word) => Some(word),
                _ => None,
            };
            let rule = word.and_then(|word| rule_for(table, word, lexemes.get(at + 1).map(|next| next.0)));
            let before = (self.diagnostics.len(), seen.len());
            let stop = match rule.map(|rule| self.attempt(rule, lexemes, at)) {
                Some(Ok(Read { mut kind, span, next, block })) => {
                    if let Some(block) = block {
                        kind.fill(self, block);
                    }
                    if let Some(known) = word.and_then(|word| T::BLOCK.clause(word)) {
                        self.once(&mut seen, known, span);
                    }
                    clauses.push(Clause { docs, allows, kind, span });
                    complete = Some(Complete { at, next, findings: before.0, seen: before.1 });
                    at = next;
                    continue;
                }
                Some(Err(stop)) => Some(stop),
                None => None,
            };
            // If nothing can follow a clause, it may have taken the keyword of the next line as its own name.
            let taken = complete.take().and_then(|complete| {
                let keyword = self.takes_next_keyword(lexemes, &complete, start, T::BLOCK)?;
                Some((complete, clauses.pop()?, keyword))
            });
            let (position, stop, docs, allows) = match taken {
                Some((complete, clause, keyword)) => {
                    self.diagnostics.truncate(complete.findings);
                    seen.truncate(complete.seen);
                    let first = lexemes.get(complete.at).map_or(place.0, |first| first.1.0);
                    let stop = Stop { at: keyword, expected: Vec::new() };
                    (Position { lexemes, at: complete.at, first }, Some(stop), clause.docs, clause.allows)
                }
                None => (Position { lexemes, at, first: place.0 }, stop, docs, allows),
            };
            let (next, clause) =
                self.broken::<T>(&position, stop, clauses.last().map(|c| c.span), on_one_line);
            if let Some((kind, span)) = clause {
                clauses.push(Clause { docs, allows, kind, span });
            }
            at = next;
        }
        clauses
    }

    /// Reports a clause that can't be parsed, and keeps its readable parts.
    fn broken<T: Content<'t>>(
        &mut self,
        position: &Position<'t>,
        stop: Option<Stop>,
        before: Option<Span>,
        on_one_line: bool,
    ) -> (usize, Option<(T, Span)>) {
        let Position { lexemes, at, first } = *position;
        let failed_at = stop.as_ref().map_or(at, |stop| index_of(lexemes, at, stop.at));
        let (next, block) = self.resume(lexemes, at, failed_at.max(at + 1), T::BLOCK, on_one_line);
        let last = next.checked_sub(1).and_then(|last| lexemes.get(last)).map_or(first, |last| last.1.0);
        let span = first.to(last);
        // The finding explains a sign of another language together with the text after it.
        let shown = if is_colon(lexemes, failed_at) { failed_at + 1 } else { failed_at };
        let to = lexemes.get(shown).map_or(span.end, |failed| failed.1.0.end);
        let teaching = teach::Case {
            block: T::BLOCK,
            lexemes: lexemes.get(at..).unwrap_or(&[]),
            stop: stop.as_ref(),
            stopped_at: failed_at - at,
            stopped_at_line: lexemes.get(failed_at).is_some_and(|(_, place)| self.starts_line(place.0)),
            clause_length: next - at,
            starts_line: self.starts_line(first),
            previous: before,
            text: self.text,
        };
        let lesson = teaching.lesson();
        let foreign = self.is_foreign_block(lexemes, at);
        let names = lesson.meant.is_some() || lesson.finding.code == codes::P0018;
        if foreign || !self.is_reported(first.start, to) {
            // The structure of the rest of the clause no longer matters.
            let explains = matches!(lesson.finding.code, codes::P0014 | codes::P0018);
            self.diagnostics.retain(|other| {
                let lexical = other.code == codes::P0004 || (explains && other.code == codes::P0014);
                !span.contains(other.span()) || !(foreign || lexical)
            });
            self.report(lesson.finding);
        }
        // A registry has a host and no name.
        let names = names && lesson.meant.is_none_or(|clause| clause.word != "registry");
        let named = lexemes.get(at + 1).filter(|_| names && at + 1 < next);
        let name = named.and_then(|(lexeme, place)| match lexeme {
            Lexeme::Word(word) => Some((*word, place.0)),
            Lexeme::Text(_, quoted) => Some((quoted.trim_matches('"'), place.0)),
            _ => None,
        });
        let name =
            name.filter(|(word, _)| is_name(word)).map(|(word, span)| Spanned::new(word.to_owned(), span));
        let parameters = lexemes
            .get(at + 2)
            .is_some_and(|(lexeme, _)| matches!(lexeme, Lexeme::Sign(Punctuation::OpenParenthesis)));
        let salvage = Salvage { clause: lesson.meant, name, parameters, block, span };
        (next, T::broken(self, salvage).map(|kind| (kind, span)))
    }

    /// The `allow` clauses at an index, the index after them, and whether one is broken.
    fn allows(&mut self, lexemes: &'t [Placed<'t>], start: usize, block: Block) -> (Vec<Allow>, usize, bool) {
        let grammar = self.grammar;
        let mut allows = Vec::new();
        let mut at = start;
        while let Some((Lexeme::Word("allow"), place)) = lexemes.get(at) {
            if block.takes_names() {
                break;
            }
            match self.attempt(&grammar.allow, lexemes, at) {
                Ok(read) => {
                    at = read.next;
                    if let Some((Lexeme::Word("until"), until)) = lexemes.get(at) {
                        // If the end is unreadable, the allowance is unknown.
                        let next = lexemes.get(at + 1).filter(|(_, next)| !self.starts_line(next.0));
                        let day = next.map_or(until.0.at_end(), |(_, day)| day.0);
                        let line_end =
                            self.text.get(until.0.end as usize..).and_then(|text| text.lines().next());
                        let to =
                            until.0.end + line_end.map_or(0, |line| u32::try_from(line.len()).unwrap_or(0));
                        if !self.is_reported(until.0.start, to) {
                            let expected = vec![Expected::Thing("a date such as `2027-01-31`")];
                            self.report(teach::allow(place.0, &Stop { at: day, expected }));
                        }
                        return (allows, at, true);
                    }
                    allows.push(read.kind);
                }
                Err(stop) => {
                    let failed_at = index_of(lexemes, at, stop.at);
                    let to = lexemes.get(failed_at).map_or(place.0.end, |failed| failed.1.0.end);
                    if !self.is_reported(place.0.start, to) {
                        self.report(teach::allow(place.0, &stop));
                    }
                    return (allows, at, true);
                }
            }
        }
        (allows, at, false)
    }

    fn idle_allow(&mut self, allows: &[Allow]) {
        if let Some(last) = allows.last() {
            self.report(
                Diagnostic::error(codes::P0019, "nothing follows this `allow`", last.span)
                    .help("write an `allow` before the clause it applies to"),
            );
        }
    }

    /// Reports a clause that occurs a second time in its block.
    fn once(&mut self, seen: &mut Vec<(&'static str, Span)>, clause: &'static ClauseWord, span: Span) {
        if clause.repeats {
            return;
        }
        match seen.iter().find(|(word, _)| *word == clause.word) {
            Some((word, first)) => self.report(
                Diagnostic::error(codes::P0015, format!("`{word}` appears twice"), span)
                    .label(*first, "first here")
                    .help("remove one of them"),
            ),
            None => seen.push((clause.word, span)),
        }
    }

    /// Runs a rule on the lexemes from `at`.
    fn attempt<T: 't>(
        &mut self,
        rule: &Rule<'t, T>,
        lexemes: &'t [Placed<'t>],
        at: usize,
    ) -> Result<Read<T>, Stop> {
        let parser = rule.clone().map_with(|kind, e| (kind, e.span().0)).lazy();
        let mut window = FIRST_WINDOW;
        loop {
            let end = at.saturating_add(window).min(lexemes.len());
            let shown = lexemes.get(at..end).unwrap_or(&[]);
            let whole = end == lexemes.len();
            let last = shown.last().map(|(_, place)| place.0).unwrap_or_default();
            let mut notes = SimpleState(Notes::new(&self.forest.texts));
            let input = shown.split_token_span(Place(last.at_end()));
            let (output, failures) = parser.parse_with_state(input, &mut notes).into_output_errors();
            // A lexeme that no parser has inspected can't change the result, not even in an abandoned alternative.
            if !whole && notes.0.furthest >= last.start {
                window = window.saturating_mul(4);
                continue;
            }
            if let Some((kind, span)) = output {
                let used = shown.partition_point(|(_, place)| place.0.start < span.end);
                self.findings(failures);
                return Ok(Read { kind, span, next: at + used, block: notes.0.block });
            }
            let stop = failures.iter().rev().find_map(|failure| match failure {
                Failure::Stopped { at, expected } => Some(Stop { at: *at, expected: expected.clone() }),
                Failure::Finding(_) => None,
            });
            // If the clause can't be parsed, a part is probably missing after the comma.
            let is_comma = |failure: &Failure| matches!(failure, Failure::Finding(finding) if finding.code == codes::P0009);
            self.findings(failures.into_iter().filter(|failure| !is_comma(failure)).collect());
            return Err(stop.unwrap_or(Stop { at: last.at_end(), expected: Vec::new() }));
        }
    }

    fn findings(&mut self, failures: Vec<Failure>) {
        for failure in failures {
            if let Failure::Finding(finding) = failure {
                self.report(*finding);
            }
        }
    }

    /// Where parsing continues after a broken clause. The clause begins at `start` and was parsed up to `from`. Also
    /// gives the block that ended it, if one did.
    fn resume(
        &self,
        lexemes: &'t [Placed<'t>],
        start: usize,
        from: usize,
        block: Block,
        on_one_line: bool,
    ) -> (usize, Option<usize>) {
        let depth = lexemes
            .get(start)
            .and_then(|(_, place)| self.token(place.0))
            .map_or(0, |token| token.indentation);
        let is_foreign_block = self.is_foreign_block(lexemes, start);
        let mut nested = 0_usize;
        for (index, (lexeme, place)) in lexemes.iter().enumerate().skip(start) {
            match lexeme {
                Lexeme::InterpolationStart | Lexeme::Sign(Punctuation::OpenParenthesis) => nested += 1,
                Lexeme::InterpolationEnd | Lexeme::Sign(Punctuation::CloseParenthesis) => {
                    nested = nested.saturating_sub(1);
                }
                _ => {}
            }
            if index == start {
                continue;
            }
            let known = match lexeme {
                Lexeme::Word(word) => *word == "allow" || block.is_taken(word),
                _ => false,
            };
            let begins_line = self.starts_line(place.0);
            let outside = begins_line && self.token(place.0).is_some_and(|token| token.indentation <= depth);
            let begins_clause = if is_foreign_block {
                outside
            } else {
                known && (begins_line || (on_one_line && nested == 0 && index >= from))
                    || (outside && !can_continue_clause(lexeme))
            };
            match lexeme {
                Lexeme::Block(number) => return (index + 1, Some(*number)),
                _ if begins_clause => return (index, None),
                _ => {}
            }
        }
        (lexemes.len(), None)
    }

    /// Whether a foreign block such as `jobs:` begins here. The indented lines below belong to it, whatever their words
    /// mean in the language.
    fn is_foreign_block(&self, lexemes: &[Placed<'t>], at: usize) -> bool {
        is_colon(lexemes, at + 1) && lexemes.get(at + 2).is_some_and(|(_, place)| self.starts_line(place.0))
    }

    /// The keyword of the next line that a clause has taken as its own name. The text at `at`, on the same line
    /// directly after it, then can't be parsed.
    fn takes_next_keyword(
        &self,
        lexemes: &'t [Placed<'t>],
        complete: &Complete,
        at: usize,
        block: Block,
    ) -> Option<Span> {
        let (_, previous) = lexemes.get(at).filter(|_| complete.next == at)?;
        if self.starts_line(previous.0) {
            return None;
        }
        let own = lexemes.get(complete.at + 1..at)?;
        own.iter()
            .find(|(lexeme, place)| {
                matches!(lexeme, Lexeme::Word(word) if block.clause_or_planned(word).is_some())
                    && self.starts_line(place.0)
            })
            .map(|(_, place)| place.0)
    }

    fn token(&self, span: Span) -> Option<&'t Token> {
        self.tokens.as_slice().get(self.tokens.at(span.start as usize))
    }

    /// Whether a lexeme is the first on its line. A dash before it is ignored.
    pub fn starts_line(&self, span: Span) -> bool {
        let index = self.tokens.at(span.start as usize);
        // Inside a string, no lexeme starts a line.
        let token = self.tokens.as_slice().get(index).filter(|token| token.span.start == span.start);
        let Some(token) = token else { return false };
        let dash = index.checked_sub(1).and_then(|before| self.tokens.as_slice().get(before));
        token.starts_line()
            || dash.is_some_and(|dash| {
                dash.kind == TokenKind::Unknown && dash.starts_line() && dash.text(self.text) == "-"
            })
    }

    fn is_on_one_line(&self, lexemes: &[Placed<'t>]) -> bool {
        lexemes.iter().skip(1).all(|(_, place)| !self.starts_line(place.0))
    }

    /// Whether a finding explains why a range of text can't be parsed.
    fn is_reported(&self, from: u32, to: u32) -> bool {
        let index = self.reported.partition_point(|span| span.start < from);
        self.reported.get(index).is_some_and(|span| span.start <= to)
    }

    /// The lines of documentation directly before a place.
    fn docs_before(&self, place: Span) -> Vec<String> {
        let index = self.tokens.at(place.start as usize);
        let before = self.tokens.as_slice().get(..index).unwrap_or(&[]);
        let mut lines: Vec<String> = before
            .iter()
            .rev()
            .take_while(|token| token.is_comment() && token.starts_line())
            .filter(|token| token.kind == TokenKind::Documentation)
            .map(|token| {
                let line = token.text(self.text).trim_start_matches('/');
                line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()
            })
            .collect();
        lines.reverse();
        lines
    }
}

#[derive(Clone, Copy)]
struct Position<'t> {
    lexemes: &'t [Placed<'t>],
    at: usize,
    first: Span,
}

fn is_colon(lexemes: &[Placed<'_>], index: usize) -> bool {
    matches!(lexemes.get(index), Some((Lexeme::Sign(Punctuation::Colon), _)))
}

/// Whether a line that begins with this lexeme may belong to the clause above.
fn can_continue_clause(lexeme: &Lexeme<'_>) -> bool {
    matches!(lexeme, Lexeme::Sign(_) | Lexeme::Verbatim(_) | Lexeme::InterpolationEnd | Lexeme::Number(..))
}

/// The index of the lexeme at a place. If the place is after all lexemes, the index of the end.
fn index_of(lexemes: &[Placed<'_>], from: usize, place: Span) -> usize {
    let previous = lexemes.get(from..).unwrap_or(&[]);
    from + previous.partition_point(|(_, other)| other.0.start < place.start)
}

fn rule_for<'a, 't, T>(
    table: &'a Table<'t, T>,
    word: &str,
    next: Option<Lexeme<'t>>,
) -> Option<&'a Rule<'t, T>> {
    let is_named = matches!(next, Some(Lexeme::Sign(Punctuation::Equals)));
    match (&table.other, table.words.get(word)) {
        (Some(other), _) if is_named => Some(other),
        (_, Some(rule)) => Some(rule),
        (other, None) => other.as_ref(),
    }
}
