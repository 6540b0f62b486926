//! Explains clauses with a known keyword that stop before their end.

use pipec_base::{Diagnostic, Span, codes};

use super::{Case, spell_all};
use crate::failure::{Expected, Stop};
use crate::grammar::kebab;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;
use crate::words::{Block, ClauseWord};

/// Missing parts: the keyword, the expected part, the message and the help. In a message, it comes after the clause's
/// keyword and name.
const PARTS: &[(&str, Expected, &str, &str)] = &[
    (
        "gate",
        Expected::Sign(Punctuation::Colon),
        "has no evidence",
        "a gate yields a kind of evidence: `gate unit: test { … }`",
    ),
    (
        "artefact",
        Expected::Sign(Punctuation::Colon),
        "has no type",
        "an artefact has a type: `artefact app: binary { … }`",
    ),
    (
        "artifact",
        Expected::Sign(Punctuation::Colon),
        "has no type",
        "an artefact has a type: `artefact app: binary { … }`",
    ),
    (
        "deploy",
        Expected::Word("to"),
        "names no environment",
        "a deploy delivers artefacts to an environment: `deploy web to staging { … }`",
    ),
    ("approval", Expected::Word("by"), "names no role", "a role gives the approval: `approval by ROLE`"),
    (
        "override",
        Expected::Word("by"),
        "names no role",
        "an override belongs to a role: `override by ROLE { expires 24h review within 3d }`",
    ),
    (
        "cache",
        Expected::Word("keyed"),
        "has no key",
        "the key of a cache is the content of a file: `cache \"target\" keyed by \"Cargo.lock\"`",
    ),
    (
        "keep",
        Expected::Word("on"),
        "has no `on failure`",
        "files are kept after a failure: `keep \"logs/**\" on failure`",
    ),
    (
        "repeat",
        Expected::Word("quorum"),
        "has no quorum",
        "state how many repetitions must pass: `repeat 3 quorum 2`",
    ),
    ("use", Expected::Word("as"), "has no name", "give the file a name: `use \"./shared.pipe\" as shared`"),
    (
        "evidence",
        Expected::Word("of"),
        "has no subject",
        "evidence is of the commit or of an artefact: `evidence pen-test of commit`",
    ),
    (
        "task",
        Expected::Sign(Punctuation::Arrow),
        "has no result",
        "a task yields evidence, an artefact or a deploy: `task unit() -> test { … }`",
    ),
    (
        "task",
        Expected::Sign(Punctuation::OpenParenthesis),
        "has no parameters",
        "write the parentheses even without parameters: `task unit() -> test { … }`",
    ),
];

/// The head of a stage, with all its parts in their order.
const STAGE_HEAD: &str = "stage NAME after STAGE when CONDITION { … }";

/// The head of a `finally`, with all its parts in their order.
const FINALLY_HEAD: &str = "finally NAME after STAGE on OUTCOME when CONDITION { … }";

impl<'t> Case<'_, 't> {
    /// Explains a clause that begins with a keyword.
    pub(super) fn stopped(&self, stop: &Stop, clause: &ClauseWord) -> Diagnostic {
        self.colon(clause)
            .or_else(|| if clause.word == "on" { self.trigger() } else { None })
            .or_else(|| self.head(clause))
            .or_else(|| if clause.word == "stage" { self.stage_header(stop) } else { None })
            .or_else(|| self.condition_elsewhere(clause))
            .or_else(|| self.quotes(stop))
            .or_else(|| self.call(stop))
            .or_else(|| self.signs(stop, Some(clause)))
            .or_else(|| self.bare_call(stop))
            .or_else(|| self.missing(stop, clause))
            .unwrap_or_else(|| self.otherwise(stop, Some(clause)))
    }

    /// Explains a clause that begins with a name.
    pub(super) fn stopped_in_named(&self, stop: &Stop) -> Diagnostic {
        self.allow_among_names()
            .or_else(|| self.quotes(stop))
            .or_else(|| self.call(stop))
            .or_else(|| self.signs(stop, None))
            .unwrap_or_else(|| self.otherwise(stop, None))
    }

    /// Explains `allow` in a block whose clauses begin with names.
    fn allow_among_names(&self) -> Option<Diagnostic> {
        self.word(0).filter(|word| *word == "allow")?;
        self.word(1)?;
        let block = match self.block {
            Block::Matrix => "matrix",
            Block::Role => "role",
            _ => "engine",
        };
        Some(
            Diagnostic::error(
                codes::P0013,
                format!("write the `allow` before the `{block}`, not in it"),
                self.span(0).to(self.span(1)),
            )
            .note("in this block any name can begin a clause, also `allow`")
            .help(format!("move it before the word `{block}`; it applies to the whole block")),
        )
    }

    /// The range of the clause up to where it stopped.
    pub(super) fn read_part(&self) -> Span {
        self.span(0).to(self.span(self.stopped_at.saturating_sub(1)))
    }

    /// Whether the clause ends before a required part.
    pub(super) fn is_cut_short(&self) -> bool {
        self.stopped_at >= self.clause_length
            || self.stopped_at_line
            || matches!(self.lexeme(self.stopped_at), None | Some(Lexeme::Block(_)))
            || self.word(self.stopped_at).is_some_and(|word| self.block.clause_or_planned(word).is_some())
    }

    /// Explains `timeout: 10m`.
    fn colon(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let sign = self.is_sign(1, Punctuation::Colon) || self.is_sign(1, Punctuation::Equals);
        if !sign || self.stopped_at != 1 {
            return None;
        }
        let (keyword, colon) = (self.span(0), self.span(1));
        let text = self.source(colon);
        let finding = Diagnostic::error(
            codes::P0014,
            format!("the word `{}` has no `{text}` after it", clause.word),
            colon,
        );
        let finding = match clause.word {
            "on" => finding.help(
                "a trigger is one clause: `on push to main`, `on pull-request to main`, `on tag \"v*\"`",
            ),
            "env" => finding.help("each variable has its own clause: `env NAME = value`"),
            "uses" => finding.help(
                "use a script, `run \"…\"`; if you need an action, use `engine github \
                                    because \"…\" { action \"owner/name@version\"() }`",
            ),
            "strategy" | "cache" | "environment" => finding.help(format!("write `{}`", clause.shape)),
            _ if self.clause_length > 2 => finding.help(format!("write `{}`", clause.shape)).fix(
                format!("remove the `{text}`"),
                keyword.at_end().to(colon),
                "",
            ),
            _ => finding.help(format!("write `{}`", clause.shape)),
        };
        Some(finding)
    }

    /// Explains a clause without a required part.
    fn missing(&self, stop: &Stop, clause: &ClauseWord) -> Option<Diagnostic> {
        let declares = clause.opens.is_some()
            && !matches!(clause.word, "on" | "shift" | "verify" | "rollback" | "teardown" | "ready");
        let named = match self.word(1).filter(|_| self.stopped_at > 1 && declares) {
            Some(name) => format!("{} `{name}`", clause.word),
            None => format!("`{}`", clause.word),
        };
        if stop.expected.contains(&Expected::Word("because")) {
            return Some(
                Diagnostic::error(codes::P0019, format!("{named} has no reason"), self.read_part())
                    .help(format!("give the reason; the reports show it: `{}`", clause.shape)),
            );
        }
        if clause.word == "use" && stop.expected.contains(&Expected::Word("as")) {
            let path = self.source(self.span(1)).trim_matches('"');
            let module = path.replace('/', ".").trim_end_matches(".pipe").to_owned();
            let is_standard =
                module.strip_prefix("std.").is_some_and(|rest| kebab(rest).as_deref() == Some(rest));
            if is_standard {
                return Some(
                    Diagnostic::error(
                        codes::P0009,
                        "a module of the standard library has no quotes",
                        self.span(1),
                    )
                    .help(format!("write `use {module}`"))
                    .fix(format!("write `{module}`"), self.span(1), module),
                );
            }
        }
        if clause.word == "env" && self.stopped_at == 1 && matches!(self.lexeme(1), Some(Lexeme::Block(_))) {
            return Some(
                Diagnostic::error(codes::P0009, "variables have no block", self.span(1))
                    .help("each variable has its own clause: `env NAME = value`"),
            );
        }
        let part = PARTS
            .iter()
            .find(|(word, expected, ..)| *word == clause.word && stop.expected.contains(expected));
        if let Some((_, expected, message, help)) = part
            && (self.is_cut_short() || matches!(expected, Expected::Sign(_)))
        {
            return Some(
                Diagnostic::error(codes::P0019, format!("{named} {message}"), self.read_part()).help(*help),
            );
        }
        if !self.is_cut_short() {
            return None;
        }
        let before = self.stopped_at.saturating_sub(1);
        if self.is_sign(before, Punctuation::Comma) {
            let span = self.span(before);
            return Some(
                Diagnostic::error(codes::P0009, "nothing follows this comma", span)
                    .help("write commas between the items of a list, not after the last one")
                    .fix("remove the comma", span, ""),
            );
        }
        if clause.word == "run"
            && let Some(script) = self.word(1).filter(|_| self.stopped_at == 2)
        {
            let span = self.span(1);
            let finding = Diagnostic::error(codes::P0009, "a script needs quotes", span);
            // With other words on its line, it may be a part of a longer script: `run npm run build`.
            if !self.is_alone_on_its_line(span) {
                return Some(finding.help(format!("write `{}`", clause.shape)));
            }
            return Some(finding.help(format!("write `\"{script}\"`")).fix(
                format!("write `\"{script}\"`"),
                span,
                format!("\"{script}\""),
            ));
        }
        let body = stop.expected.contains(&Expected::Thing("`{`"))
            && !matches!(self.lexeme(self.stopped_at), Some(Lexeme::Block(_)));
        let finding = if body && clause.opens.is_some() {
            Diagnostic::error(codes::P0019, format!("{named} has no body"), self.read_part())
        } else {
            let lacks = match stop.expected.as_slice() {
                [] => "is not finished".to_owned(),
                expected => format!("lacks {}", spell_all(expected)),
            };
            Diagnostic::error(codes::P0019, format!("{named} {lacks}"), self.read_part())
        };
        Some(finding.help(format!("write `{}`", self.shape(clause))))
    }

    /// The form of a clause, with the parts of its head if it has begun one.
    fn shape(&self, clause: &ClauseWord) -> &'static str {
        match clause.word {
            "stage" if self.stopped_at > 2 => STAGE_HEAD,
            "finally" if self.stopped_at > 2 => FINALLY_HEAD,
            _ => clause.shape,
        }
    }

    /// Explains `after` and `on` in the head of a stage or a `finally`: without names, twice, or in the wrong order.
    fn head(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let (words, shape): (&[&str], _) = match clause.word {
            "stage" => (&["after"], STAGE_HEAD),
            "finally" => (&["after", "on", "when"], FINALLY_HEAD),
            _ => return None,
        };
        let at = self.stopped_at;
        let name = self.word(1).filter(|_| at > 2)?;
        if let Some(finding) = self.wrong_order(words, shape) {
            return Some(finding);
        }
        if self.is_cut_short() {
            let (lacks, help) = match self.word(at - 1)? {
                "after" => (
                    "names no stage after `after`",
                    format!("write `{} {name} after STAGE {{ … }}`", clause.word),
                ),
                "on" if clause.word == "finally" => (
                    "names no outcome after `on`",
                    format!(
                        "an outcome is `passed`, `failed` or `cancelled`: `finally {name} on failed {{ … }}`"
                    ),
                ),
                _ => return None,
            };
            let message = format!("{} `{name}` {lacks}", clause.word);
            return Some(Diagnostic::error(codes::P0019, message, self.read_part()).help(help));
        }
        None
    }

    /// Explains a part of a head that is there twice, or after a part that it goes before.
    fn wrong_order(&self, words: &[&str], shape: &str) -> Option<Diagnostic> {
        let at = self.stopped_at;
        let found = self.word(at).filter(|_| !self.stopped_at_line)?;
        let place = words.iter().position(|word| *word == found)?;
        // A word after `is` or a comma is a name, and no part of the head.
        let begins = |index: &usize| {
            !self.is_sign(index.saturating_sub(1), Punctuation::Comma)
                && self.word(index.saturating_sub(1)) != Some("is")
        };
        let later = (2..at).filter(begins).find_map(|index| {
            let word = self.word(index)?;
            let other = words.iter().position(|known| *known == word)?;
            (other >= place).then_some((index, word))
        });
        let (index, word) = later?;
        let span = self.span(at);
        Some(if word == found {
            Diagnostic::error(codes::P0015, format!("`{found}` appears twice"), span)
                .label(self.span(index), "first here")
                .help(if found == "when" {
                    "join the two conditions with `and`"
                } else {
                    "write its names as one list, with commas"
                })
        } else {
            Diagnostic::error(codes::P0013, format!("`{found}` goes before `{word}`"), span)
                .help(format!("write `{shape}`"))
        })
    }

    /// Whether a clause is alone on its line. No text that may belong to it comes before it or after its end.
    fn is_alone_on_its_line(&self, end: Span) -> bool {
        let before = self.text.get(..self.span(0).range().start).unwrap_or("");
        let before = before.rsplit('\n').next().unwrap_or("").trim_end();
        let behind = self.text.get(end.range().end..).unwrap_or("");
        let behind = behind.lines().next().unwrap_or("").trim_start();
        let is_closed = before.is_empty() || before.ends_with(['{', '}', '"']);
        is_closed && (behind.is_empty() || behind.starts_with('}'))
    }

    fn otherwise(&self, stop: &Stop, clause: Option<&ClauseWord>) -> Diagnostic {
        if clause.is_none() && self.is_cut_short() {
            let name = self.source(self.span(0));
            return Diagnostic::error(codes::P0019, format!("`{name}` is not finished"), self.read_part())
                .help(self.vocabulary());
        }
        let found = self.span(self.stopped_at);
        let is_optional = |one: &Expected| {
            matches!(one, Expected::Sign(Punctuation::Dot | Punctuation::OpenParenthesis | Punctuation::Less))
        };
        if self.stopped_at < self.lexemes.len() && stop.expected.iter().all(is_optional) {
            return Diagnostic::error(
                codes::P0009,
                format!("{} is not allowed here", self.shown(self.stopped_at)),
                found,
            )
            .help(clause.map_or_else(|| self.vocabulary(), |clause| format!("write `{}`", clause.shape)));
        }
        if let ([Expected::Word(word)], Some(clause), Some(Lexeme::Word(next) | Lexeme::Text(_, next))) =
            (stop.expected.as_slice(), clause, self.lexeme(self.stopped_at))
        {
            let finding = Diagnostic::error(
                codes::P0009,
                format!("expected `{word}`, found {}", self.shown(self.stopped_at)),
                found,
            )
            .help(format!("write `{}`", clause.shape));
            return if ["into", "onto", "at", "in", "on", "from", "with", "for", "as", "to", "by", "of"]
                .contains(&next)
            {
                finding.fix(format!("write `{word}`"), found, *word)
            } else {
                finding.fix(format!("write `{word}`"), found.at_start(), format!("{word} "))
            };
        }
        let at =
            if self.stopped_at < self.lexemes.len() { self.span(self.stopped_at) } else { self.read_part() };
        let finding = Diagnostic::error(
            codes::P0009,
            format!("expected {}, found {}", spell_all(&stop.expected), self.shown(self.stopped_at)),
            at,
        );
        match clause {
            Some(clause) => finding.help(format!("write `{}`", self.shape(clause))),
            None => finding.help(self.vocabulary()),
        }
    }
}
