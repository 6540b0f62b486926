//! Faults in the heads of stages, in conditions, and in misplaced conditions.

use pipec_base::{Diagnostic, Edit, Span, closest, codes};

use super::Case;
use crate::failure::{Expected, Stop};
use crate::lexeme::Lexeme;
use crate::token::Punctuation;
use crate::words::ClauseWord;

/// The words at the beginning of conditions.
const FACTS: [&str; 6] = ["event", "branch", "tag", "changed", "input", "fork"];

impl Case<'_, '_> {
    /// Explains a fault in `stage … after … when … {`.
    pub(super) fn stage_header(&self, stop: &Stop) -> Option<Diagnostic> {
        let at = self.stopped_at;
        let when = (1..at.min(self.clause_length)).rev().find(|index| {
            self.word(*index) == Some("when")
                && self.word(index.saturating_sub(1)) != Some("is")
                && *index > 1
        });
        let found = self.word(at);
        let span = self.span(at);
        let Some(when) = when else {
            return match found {
                Some("unless") => Some(
                    Diagnostic::error(codes::P0014, "instead of `unless`, write `when not`", span)
                        .help("write `when not (branch is main or fork)`")
                        .fix("write `when not`", span, "when not"),
                ),
                Some("if" | "only") => Some(
                    Diagnostic::error(
                        codes::P0014,
                        format!("instead of `{}`, write `when`", self.source(span)),
                        span,
                    )
                    .help("write `when branch is main`")
                    .fix("write `when`", span, "when"),
                ),
                Some(word @ ("needs" | "depends" | "depends-on" | "depends_on" | "on")) => {
                    let whole =
                        if self.word(at + 1) == Some("on") { span.to(self.span(at + 1)) } else { span };
                    let finding = Diagnostic::error(
                        codes::P0014,
                        format!("instead of `{word}`, write `after`"),
                        whole,
                    )
                    .help(
                        "a stage waits for every stage above it; to wait for fewer, write `after build, test`",
                    );
                    let next = self.word(at + 1 + usize::from(whole != span));
                    Some(if next.is_some() { finding.fix("write `after`", whole, "after") } else { finding })
                }
                _ => None,
            };
        };
        if found == Some("when") {
            return Some(
                Diagnostic::error(codes::P0015, "`when` appears twice", span)
                    .label(self.span(when), "first here")
                    .help("join the two conditions with `and`")
                    .fix("write `and`", span, "and"),
            );
        }
        let joins = stop.expected.contains(&Expected::Word("and"));
        if joins && self.is_sign(at, Punctuation::Comma) {
            return Some(
                Diagnostic::error(codes::P0014, "conditions are joined with words", span)
                    .help("write `and` if all must hold, `or` if one is enough"),
            );
        }
        if joins && self.word(at - 1) == Some("not") && self.word(at - 2) == Some("is") && found.is_some() {
            let (fact, not) = (self.span(at - 3), self.span(at - 1));
            let edits = vec![
                Edit { span: fact.at_start(), text: "not ".to_owned() },
                Edit { span: Span { end: span.start, ..not }, text: String::new() },
            ];
            let fact = self.source(fact);
            return Some(
                Diagnostic::error(codes::P0014, "`not` goes before the whole condition", not)
                    .help(format!("write `not {fact} is {}`", self.source(span)))
                    .fix_with(format!("write `not {fact} is`"), edits),
            );
        }
        if found == Some("after") {
            return Some(
                Diagnostic::error(codes::P0013, "`after` goes before `when`", span)
                    .help("write `stage NAME after STAGE when CONDITION { … }`"),
            );
        }
        self.condition(stop, span)
    }

    /// Explains a fault in a condition.
    fn condition(&self, stop: &Stop, span: Span) -> Option<Diagnostic> {
        let at = self.stopped_at;
        let text = self.source(span);
        let fact = at.checked_sub(1).and_then(|before| self.word(before));
        let expects_is = stop.expected.contains(&Expected::Word("is"));
        let expects_fact = stop.expected.contains(&Expected::Thing("a condition"));
        if expects_is {
            let replace = |message: String| {
                Diagnostic::error(codes::P0014, message, span)
                    .help("conditions compare with `is`: a name, or a glob in quotes")
                    .fix("write `is`", span, "is")
            };
            return Some(match self.lexeme(at) {
                Some(Lexeme::Word("in")) if self.is_sign(at + 1, Punctuation::OpenBracket) => {
                    let fact = fact.unwrap_or("branch");
                    Diagnostic::error(codes::P0014, "a condition compares with one name or glob", span)
                        .help(format!("join several with `or`: `{fact} is main or {fact} is \"release/*\"`"))
                }
                Some(Lexeme::Sign(Punctuation::Equals | Punctuation::Equal)) => {
                    replace(format!("`{text}` is written `is`"))
                }
                Some(Lexeme::Sign(Punctuation::NotEqual)) => {
                    let fact_span = self.span(at.saturating_sub(1));
                    let edits = vec![
                        Edit { span: fact_span.at_start(), text: "not ".to_owned() },
                        Edit { span, text: "is".to_owned() },
                    ];
                    let fact = fact.unwrap_or("branch");
                    Diagnostic::error(codes::P0014, "`!=` is written `not … is`", span)
                        .help(format!("write `not {fact} is …`"))
                        .fix_with(format!("write `not {fact} is`"), edits)
                }
                Some(Lexeme::Sign(Punctuation::Colon)) => replace("`:` is written `is`".to_owned()),
                Some(Lexeme::Word("matches" | "match" | "like" | "equals" | "in" | "contains" | "eq")) => {
                    replace(format!("`{text}` is written `is`"))
                }
                Some(Lexeme::Word(word)) if Some(word) == fact => {
                    Diagnostic::error(codes::P0009, format!("`{word}` appears twice"), span)
                        .help(format!("write `{word} is …`"))
                        .fix("remove the second", self.span(at.saturating_sub(1)).at_end().to(span), "")
                }
                Some(Lexeme::Word(_)) if self.word(at + 1) == Some("is") => {
                    Diagnostic::error(codes::P0009, format!("expected `is`, found {}", self.shown(at)), span)
                        .help("conditions are joined with `and` and `or`: `branch is main and event is push`")
                }
                Some(Lexeme::Word(_) | Lexeme::Text(..))
                    if matches!(fact, Some("event" | "branch" | "tag")) =>
                {
                    let whole = format!("{} is {text}", fact.unwrap_or_default());
                    Diagnostic::error(codes::P0009, format!("expected `is`, found {}", self.shown(at)), span)
                        .help(format!("write `{whole}`"))
                        .fix("write `is`", span.at_start(), "is ")
                }
                _ => Diagnostic::error(
                    codes::P0009,
                    format!("expected `is`, found {}", self.shown(at)),
                    span,
                )
                .help("conditions compare with `is`: `branch is main`, `tag is \"v*\"`, `event is push`"),
            });
        }
        if !expects_fact {
            return match self.lexeme(at) {
                Some(Lexeme::Sign(Punctuation::Equal | Punctuation::Equals)) => None,
                Some(Lexeme::Sign(Punctuation::Dot)) => Some(self.no_fact(span)),
                Some(Lexeme::Word(_)) => self.bare_value(span),
                _ => None,
            };
        }
        let word = self.word(at)?;
        if self.is_sign(at + 1, Punctuation::OpenParenthesis)
            || matches!(
                word,
                "success"
                    | "failure"
                    | "always"
                    | "cancelled"
                    | "on-success"
                    | "on-failure"
                    | "passed"
                    | "failed"
            )
        {
            return Some(
                Diagnostic::error(codes::P0014, format!("`{word}` is not a fact that conditions can test"), span)
                    .note("conditions are decided when the run is planned, from facts about the event, never from outcomes")
                    .help("a stage always waits until everything before it has succeeded; that needs no condition"),
            );
        }
        Some(self.no_fact(span))
    }

    /// Explains `input target is prod`. An input is compared with a value, and a text is in quotes.
    fn bare_value(&self, span: Span) -> Option<Diagnostic> {
        let before = |count| self.stopped_at.checked_sub(count).and_then(|at| self.word(at));
        if before(1) != Some("is") || before(3) != Some("input") {
            return None;
        }
        let word = self.source(span);
        Some(
            Diagnostic::error(codes::P0009, format!("`{word}` is not a value"), span)
                .note("branches and events are names; an input is compared with a value, and text needs double quotes")
                .help(format!("write `\"{word}\"`"))
                .fix(format!("write `\"{word}\"`"), span, format!("\"{word}\"")),
        )
    }

    fn no_fact(&self, span: Span) -> Diagnostic {
        let word = self.source(span);
        let finding =
            Diagnostic::error(codes::P0009, format!("`{word}` is not a fact that conditions can test"), span);
        let fact = match word {
            "main" | "master" | "develop" | "trunk" => Some("branch"),
            "push" | "pull-request" | "schedule" | "manual" | "merge-queue" => Some("event"),
            _ => None,
        };
        if let Some(fact) = fact {
            return finding.help(format!("write `{fact} is {word}`")).fix(
                format!("write `{fact} is`"),
                span.at_start(),
                format!("{fact} is "),
            );
        }
        match closest(word, FACTS) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
            None => finding.help(
                "the facts are `event is push`, `branch is main`, `tag is \"v*\"`, `changed docs`, `input NAME is value` and `fork`",
            ),
        }
    }

    /// Explains `when` on something that is no stage.
    pub(super) fn condition_elsewhere(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let word = self.word(self.stopped_at).filter(|_| self.stopped_at > 0)?;
        if !matches!(word, "when" | "if") || clause.word == "stage" || self.stopped_at_line {
            return None;
        }
        let span = self.span(self.stopped_at);
        let finding = Diagnostic::error(
            codes::P0013,
            format!("`{word}` belongs to a stage, not to `{}`", clause.word),
            span,
        );
        Some(if clause.word == "gate" {
            finding
                .note("a gate that is in a run must pass, so a condition can't skip it")
                .help("put it into a stage with `when`, or add to its body `exempt unless changed KIND because \"…\"`")
        } else {
            finding.help("put it into its own stage: `stage NAME when branch is main { … }`")
        })
    }
}
