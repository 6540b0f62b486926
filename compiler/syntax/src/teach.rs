//! What is said about a clause that can't be read.

use pipec_base::{Diagnostic, Span, closest, codes};

use crate::failure::Expected;
use crate::lexeme::{Lexeme, Placed};
use crate::reader::Stop;
use crate::words::{Block, ClauseWord};

/// A clause that can't be read, and where.
pub(crate) struct Case<'a, 't> {
    pub block: Block,
    /// From the clause's first on.
    pub lexemes: &'a [Placed<'t>],
    /// Where its rule stopped; `None` where there is no rule for its first word.
    pub stop: Option<&'a Stop>,
    /// The number of the lexeme where it stopped.
    pub stopped_at: usize,
    /// How many lexemes belong to it.
    pub clause_length: usize,
    pub starts_line: bool,
    /// The clause before it.
    pub behind: Option<Span>,
    pub text: &'t str,
}

pub(crate) struct Lesson {
    pub finding: Diagnostic,
    /// The clause that was meant.
    pub meant: Option<&'static ClauseWord>,
}

impl<'t> Case<'_, 't> {
    fn lexeme(&self, index: usize) -> Option<&Placed<'t>> {
        self.lexemes.get(index)
    }

    fn source(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    pub fn lesson(&self) -> Lesson {
        let span = self.lexeme(0).map(|first| first.1.0).unwrap_or_default();
        let word = self.source(span);
        let meant = self.block.clause(word);
        if let (Some(stop), Some(clause)) = (self.stop, meant) {
            return Lesson { finding: self.stopped(stop, clause), meant };
        }
        let near = closest(word, self.block.clauses().iter().map(|clause| clause.word));
        Lesson {
            finding: Diagnostic::error(
                codes::P0012,
                format!("{} has no clause `{word}`", self.block.article()),
                span,
            ),
            meant: near.and_then(|near| self.block.clause(near)),
        }
    }

    fn stopped(&self, stop: &Stop, _clause: &ClauseWord) -> Diagnostic {
        let expected: Vec<String> = stop.expected.iter().map(|expected| format!("{expected:?}")).collect();
        Diagnostic::error(codes::P0009, format!("expected {}", expected.join(" or ")), stop.at)
    }
}

pub(crate) fn allow(span: Span, stop: &Stop, _found: Option<&Placed<'_>>) -> Diagnostic {
    let _ = (Expected::Word(""), Lexeme::InterpolationEnd);
    Diagnostic::error(codes::P0019, "an `allow` names a code and says why", span).label(stop.at, "")
}
