//! Explains clauses that can't be parsed: the intended meaning, the fault, and the correct form.
//!
//! For example, `timeout: 10m` gets a finding at the colon, and a fix that removes it.

mod condition;
mod foreign;
mod operands;
mod protect;
mod stopped;
mod trigger;

use pipec_base::{Diagnostic, Span, closest, codes};

use crate::failure::{Expected, Stop};
use crate::grammar::kebab;
use crate::lexeme::{Lexeme, Placed};
use crate::token::Punctuation;
use crate::words::{Block, ClauseWord};

/// A clause that can't be parsed, and its place.
pub(crate) struct Case<'a, 't> {
    pub block: Block,
    /// The lexemes from the first of the clause.
    pub lexemes: &'a [Placed<'t>],
    /// Where its rule stopped. `None` if its first word has no rule.
    pub stop: Option<&'a Stop>,
    /// The index of the lexeme where it stopped.
    pub stopped_at: usize,
    /// Whether the lexeme where it stopped starts a line.
    pub stopped_at_line: bool,
    /// The number of its lexemes.
    pub clause_length: usize,
    /// Whether it starts a line.
    pub starts_line: bool,
    /// The clause before it.
    pub previous: Option<Span>,
    pub text: &'t str,
}

pub(crate) struct Lesson {
    pub finding: Diagnostic,
    /// The clause that was intended.
    pub meant: Option<&'static ClauseWord>,
}

impl<'t> Case<'_, 't> {
    pub fn lesson(&self) -> Lesson {
        let span = self.span(0);
        if let Some(finding) = self.after_protect(span) {
            return Lesson { finding, meant: None };
        }
        let Some(word) = self.word(0) else {
            return Lesson { finding: self.no_word(span), meant: None };
        };
        if let (Some(stop), Some(clause)) = (self.stop, self.block.clause_or_planned(word)) {
            return Lesson { finding: self.stopped(stop, clause), meant: Some(clause) };
        }
        if let Some(stop) = self.stop {
            return Lesson { finding: self.stopped_in_named(stop), meant: None };
        }
        if let Some(finding) = self.reserved(word, span) {
            return Lesson { finding, meant: None };
        }
        // In the small blocks of a body, a strange word is a typing mistake, not a foreign word.
        if matches!(self.block.clauses().len(), 0..=3) {
            return self.unknown(word, span);
        }
        let colon = self.is_sign(1, Punctuation::Colon);
        if colon && let Some(finding) = self.foreign(word, span) {
            return Lesson { finding, meant: None };
        }
        if let Some(finding) = self.misplaced(word, span) {
            let meant = Block::ALL.into_iter().find_map(|block| block.clause_or_planned(word));
            return Lesson { finding, meant };
        }
        if let Some(finding) = self.foreign(word, span) {
            return Lesson { finding, meant: None };
        }
        self.unknown(word, span)
    }

    fn span(&self, index: usize) -> Span {
        self.lexemes.get(index).map(|(_, place)| place.0).unwrap_or_default()
    }

    fn lexeme(&self, index: usize) -> Option<Lexeme<'t>> {
        self.lexemes.get(index).map(|(lexeme, _)| *lexeme)
    }

    fn word(&self, index: usize) -> Option<&'t str> {
        match self.lexeme(index) {
            Some(Lexeme::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_sign(&self, index: usize, sign: Punctuation) -> bool {
        self.lexeme(index) == Some(Lexeme::Sign(sign))
    }

    fn source(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The text of a lexeme, short enough for a message.
    fn shown(&self, index: usize) -> String {
        match self.lexeme(index) {
            None => "the end".to_owned(),
            Some(Lexeme::Block(_)) => "`{`".to_owned(),
            Some(Lexeme::Verbatim(_) | Lexeme::InterpolationEnd) => "`}`".to_owned(),
            Some(_) => {
                let source = self.source(self.span(index));
                let line = source.lines().next().unwrap_or("");
                let short: String = line.chars().take(40).collect();
                if short.len() < source.len() { format!("`{short}…`") } else { format!("`{short}`") }
            }
        }
    }

    /// Explains a clause that begins with no word.
    fn no_word(&self, span: Span) -> Diagnostic {
        let found = self.shown(0);
        let finding = Diagnostic::error(codes::P0009, format!("{found} can't begin a clause"), span);
        match self.lexeme(0) {
            Some(Lexeme::Text(..) | Lexeme::InterpolationStart) if self.previous.is_some() => {
                let previous = self.previous.unwrap_or(span);
                let text = self.source(previous);
                let word = text.split_whitespace().next().unwrap_or("");
                let clause = self.block.clause(word);
                let lists = self.block == Block::Matrix || clause.is_some_and(|clause| clause.lists);
                if !text.ends_with('"') {
                    finding
                        .label(previous, "the clause before it ends here")
                        .help("every clause begins with its keyword")
                } else if lists {
                    finding
                        .label(previous, "the clause before it ends here")
                        .help("write commas between the items of a list")
                        .fix("write a comma", previous.at_end(), ",")
                } else if clause.is_some() {
                    self.takes_one(word, previous, span)
                } else {
                    finding.label(previous, "the clause before it ends here")
                }
            }
            Some(Lexeme::Sign(Punctuation::Comma)) if self.previous.is_some() => {
                let previous = self.previous.unwrap_or(span);
                let word = self.source(previous).split_whitespace().next().unwrap_or("");
                self.takes_one(word, previous, span)
            }
            Some(Lexeme::Sign(Punctuation::Equals))
                if self.previous.is_some_and(|previous| self.source(previous).starts_with("secret ")) =>
            {
                Diagnostic::error(codes::P0009, "the value of a secret can't be in a file", span)
                    .label(self.previous.unwrap_or(span), "this clause is complete")
                    .help("store it in the engine under this name; the clause says who may read it")
            }
            Some(Lexeme::Block(_)) => {
                Diagnostic::error(codes::P0009, "these braces don't belong to a clause", span)
                    .help("braces go after their clause: `stage NAME { … }`")
            }
            _ => finding.help(self.vocabulary()),
        }
    }

    /// Explains parts after a complete clause.
    fn takes_one(&self, word: &str, previous: Span, span: Span) -> Diagnostic {
        let finding = Diagnostic::error(codes::P0009, format!("`{word}` takes one item, not a list"), span)
            .label(previous, "this clause is complete");
        match self.block.clause(word) {
            Some(clause) if clause.repeats => finding.help(format!("write another clause: `{word} …`")),
            Some(clause) => finding.help(format!("write `{}`", clause.shape)),
            None => finding,
        }
    }

    fn reserved(&self, word: &str, span: Span) -> Option<Diagnostic> {
        let subject = self.block.reserved().iter().find(|reserved| reserved.word == word)?.subject;
        Some(
            Diagnostic::error(codes::P0018, format!("`{word}` is reserved for a later version"), span)
                .note(format!("the word is reserved for {subject}")),
        )
    }

    /// Explains a clause of another block.
    fn misplaced(&self, word: &str, span: Span) -> Option<Diagnostic> {
        let message = format!("`{word}` is not allowed {}", place(self.block));
        if let Some(help) = foreign::misplaced_help(self.block, word) {
            return Some(Diagnostic::error(codes::P0013, message, span).help(help));
        }
        let others = || Block::ALL.into_iter().filter(|block| *block != self.block);
        let mut places: Vec<Block> =
            others().filter(|block| !block.is_planned() && block.clause(word).is_some()).collect();
        if places.is_empty() {
            places.extend(others().filter(|block| block.clause_or_planned(word).is_some()));
        }
        let places: Vec<String> = places.into_iter().map(place).collect();
        let (last, others) = places.split_last()?;
        let place = if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
        Some(Diagnostic::error(codes::P0013, message, span).help(format!("it belongs {place}")))
    }

    fn foreign(&self, word: &str, span: Span) -> Option<Diagnostic> {
        let entry = foreign::entry(self.block, word)?;
        Some(
            Diagnostic::error(codes::P0014, format!("`{word}` is not a word of this language"), span)
                .help(entry),
        )
    }

    fn unknown(&self, word: &str, span: Span) -> Lesson {
        let message = match self.block {
            Block::File => format!("`{word}` is not a declaration"),
            block => format!("`{word}` is not a clause of {}", block.article()),
        };
        let normal = kebab(word).unwrap_or_default();
        let near = self
            .block
            .clause(&normal)
            .map(|clause| clause.word)
            .or_else(|| closest(&normal, self.block.clauses().iter().map(|clause| clause.word)));
        if let Some(near) = near {
            let finding = Diagnostic::error(codes::P0012, message, span)
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), span, near);
            return Lesson { finding, meant: self.block.clause(near) };
        }
        if let Some(previous) = self.previous.filter(|_| !self.starts_line) {
            let finding = Diagnostic::error(codes::P0009, format!("`{word}` is not allowed here"), span)
                .label(previous, "this clause is complete")
                .help(match (word, self.block, self.lexeme(1)) {
                    ("for", Block::Body, Some(Lexeme::Text(..))) => {
                        let name = self.source(self.span(1)).trim_matches('"');
                        format!("the name of a step has no quotes: `for {name}`")
                    }
                    ("for", Block::Environment, _) => {
                        "`for` names steps of a deploy: write it there, `deploy … { secret NAME for STEP }`"
                            .to_owned()
                    }
                    _ => self.vocabulary(),
                });
            return Lesson { finding, meant: None };
        }
        Lesson {
            finding: Diagnostic::error(codes::P0012, message, span).help(self.vocabulary()),
            meant: None,
        }
    }

    /// All clauses of the block.
    fn vocabulary(&self) -> String {
        let mut words: Vec<&str> = self
            .block
            .clauses()
            .iter()
            .map(|clause| clause.word)
            .filter(|word| *word != "artifact")
            .collect();
        words.sort_unstable();
        match self.block {
            Block::Role => "a role names its members: `github team \"owner/team\"`".to_owned(),
            Block::Matrix => {
                "a matrix has axes, `python \"3.11\", \"3.12\"`, or legs, `linux { … }`".to_owned()
            }
            Block::File => format!("a file declares `{}`", words.join("`, `")),
            _ => format!("the clauses of {} are `{}`", self.block.article(), words.join("`, `")),
        }
    }
}

/// The place of a block, for a message: "in a stage".
fn place(block: Block) -> String {
    match block {
        Block::File => "at the top level of a file".to_owned(),
        _ => format!("in {}", block.article()),
    }
}

/// The name of an expectation, for a message.
fn spell(expected: Expected) -> String {
    match expected {
        Expected::Word(word) => format!("`{word}`"),
        Expected::Sign(sign) => format!("`{}`", sign.text()),
        Expected::Thing(thing) => thing.to_owned(),
        Expected::Planned => String::new(),
    }
}

/// A list of expectations, for a message: "`after`, `when` or `{`".
fn spell_all(expected: &[Expected]) -> String {
    // Ways in which any name may continue explain nothing.
    let is_telling = |one: &Expected| {
        !matches!(
            one,
            Expected::Sign(Punctuation::Dot | Punctuation::OpenParenthesis | Punctuation::Less)
                | Expected::Thing("the end of the expression")
        )
    };
    let any_telling = expected.iter().any(is_telling);
    let mut all: Vec<String> = Vec::new();
    for one in expected.iter().filter(|one| !any_telling || is_telling(one)) {
        let spelt = spell(*one);
        if !all.contains(&spelt) {
            all.push(spelt);
        }
    }
    match all.split_last() {
        None => "something else".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// Explains an `allow` that can't be parsed.
pub(crate) fn allow(span: Span, stop: &Stop) -> Diagnostic {
    let message = match stop.expected.first() {
        Some(Expected::Word("because")) => "this `allow` has no reason".to_owned(),
        _ => format!("expected {}", spell_all(&stop.expected)),
    };
    let code = if message.starts_with("this") { codes::P0019 } else { codes::P0009 };
    let at = if code == codes::P0019 { span } else { stop.at };
    Diagnostic::error(code, message, at)
        .help("an `allow` needs a code and a reason: `allow P0901 because \"…\" until 2027-01-31`")
}
