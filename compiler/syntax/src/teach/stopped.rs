//! Clauses whose keyword is known and that stop on the way.

use pipec_base::{Diagnostic, Edit, Span, closest, codes};

use super::{Case, spell_all};
use crate::failure::Expected;
use crate::grammar::kebab;
use crate::lexeme::Lexeme;
use crate::reader::Stop;
use crate::token::Punctuation;
use crate::words::{Block, ClauseWord};

/// What a condition may begin with.
const FACTS: [&str; 6] = ["event", "branch", "tag", "changed", "input", "fork"];

/// How a clause is finished, where something of its own kind is missing: its keyword, what would have come next, what to
/// say and how to help. The message stands behind the clause's keyword and name.
const PARTS: &[(&str, Expected, &str, &str)] = &[
    (
        "gate",
        Expected::Sign(Punctuation::Colon),
        "says no evidence",
        "a gate yields evidence of a kind: `gate unit: test { … }`",
    ),
    (
        "artefact",
        Expected::Sign(Punctuation::Colon),
        "says no type",
        "an artefact has a type: `artefact app: binary { … }`",
    ),
    (
        "artifact",
        Expected::Sign(Punctuation::Colon),
        "says no type",
        "an artefact has a type: `artefact app: binary { … }`",
    ),
    (
        "deploy",
        Expected::Word("to"),
        "says no environment",
        "a deploy takes artefacts to an environment: `deploy web to staging { … }`",
    ),
    ("approval", Expected::Word("by"), "says no role", "an approval is given by a role: `approval by ROLE`"),
    (
        "override",
        Expected::Word("by"),
        "says no role",
        "an override belongs to a role: `override by ROLE { expires 24h review within 3d }`",
    ),
    (
        "cache",
        Expected::Word("keyed"),
        "says no key",
        "a cache is good for one content of a file: `cache \"target\" keyed by \"Cargo.lock\"`",
    ),
    (
        "keep",
        Expected::Word("on"),
        "says no occasion",
        "files are kept after a failure: `keep \"logs/**\" on failure`",
    ),
    ("repeat", Expected::Word("quorum"), "says no quorum", "say how many must pass: `repeat 3 quorum 2`"),
    ("use", Expected::Word("as"), "says no name", "a file gets a name: `use \"./shared.pipe\" as shared`"),
    (
        "evidence",
        Expected::Word("of"),
        "says not of what",
        "evidence is of the commit or of an artefact: `evidence pen-test of commit`",
    ),
    (
        "task",
        Expected::Sign(Punctuation::Arrow),
        "says not what it yields",
        "a task yields evidence, an artefact or a deploy: `task unit() -> test { … }`",
    ),
    (
        "task",
        Expected::Sign(Punctuation::OpenParenthesis),
        "has no parameters",
        "parameters stand between parentheses, also where there are none: `task unit() -> test { … }`",
    ),
];

impl<'t> Case<'_, 't> {
    /// A clause that begins with a keyword.
    pub(super) fn stopped(&self, stop: &Stop, clause: &ClauseWord) -> Diagnostic {
        self.colon(clause)
            .or_else(|| if clause.word == "on" { self.trigger() } else { None })
            .or_else(|| if clause.word == "stage" { self.stage_header(stop) } else { None })
            .or_else(|| self.condition_elsewhere(clause))
            .or_else(|| self.reserved_part(clause))
            .or_else(|| self.quotes(stop))
            .or_else(|| self.call(stop))
            .or_else(|| self.missing(stop, clause))
            .unwrap_or_else(|| self.otherwise(stop, Some(clause)))
    }

    /// A clause that begins with a name.
    pub(super) fn stopped_in_named(&self, stop: &Stop) -> Diagnostic {
        self.allow_among_names()
            .or_else(|| self.quotes(stop))
            .or_else(|| self.call(stop))
            .unwrap_or_else(|| self.otherwise(stop, None))
    }

    /// `allow` in a block whose clauses begin with names.
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
                format!("an `allow` stands before the `{block}`, not in it"),
                self.span(0).to(self.span(1)),
            )
            .note("in here, any name begins a clause, `allow` too")
            .help(format!("move it before the word `{block}`; it covers all that stands in the braces")),
        )
    }

    /// The clause up to where it stopped.
    fn read_part(&self) -> Span {
        self.span(0).to(self.span(self.stopped_at.saturating_sub(1)))
    }

    /// Whether the clause ends where it should have gone on.
    fn is_cut_short(&self) -> bool {
        self.stopped_at >= self.clause_length
            || self.stopped_at_line
            || matches!(self.lexeme(self.stopped_at), None | Some(Lexeme::Block(_)))
            || self.word(self.stopped_at).is_some_and(|word| self.block.clause(word).is_some())
    }

    /// `timeout: 10m`
    fn colon(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let sign = self.is_sign(1, Punctuation::Colon) || self.is_sign(1, Punctuation::Equals);
        if !sign || self.stopped_at != 1 {
            return None;
        }
        let (keyword, colon) = (self.span(0), self.span(1));
        let text = self.source(colon);
        let finding =
            Diagnostic::error(codes::P0014, format!("no `{text}` follows the word `{}`", clause.word), colon);
        let finding = match clause.word {
            "on" => finding.help("a trigger is one clause: `on push to main`, `on pull-request to main`, `on tag \"v*\"`"),
            "env" => finding.help("each variable has its own clause: `env NAME = value`"),
            "uses" => finding.help("say what to do as a script, `run \"…\"`; where only an engine's action will do, `engine github because \"…\" { action \"owner/name@version\"() }`"),
            "strategy" | "cache" | "environment" => finding.help(format!("it is written `{}`", clause.shape)),
            _ if self.clause_length > 2 => finding
                .help(format!("it is written `{}`", clause.shape))
                .fix(format!("leave out the `{text}`"), keyword.at_end().to(colon), ""),
            _ => finding.help(format!("it is written `{}`", clause.shape)),
        };
        Some(finding)
    }

    /// `on …`
    fn trigger(&self) -> Option<Diagnostic> {
        const EVENTS: &str = "the events are `push to BRANCH`, `pull-request to BRANCH`, `tag \"glob\"`, `schedule \"cron\"`, `manual` and `merge-queue`";
        let event_span = self.span(1);
        let incomplete = |message: String, span: Span| Diagnostic::error(codes::P0016, message, span);
        let event = match self.lexeme(1) {
            Some(Lexeme::Word(event)) if self.clause_length > 1 => event,
            Some(Lexeme::Text(..)) if self.clause_length > 1 => {
                return Some(
                    incomplete(format!("{} is no event", self.shown(1)), event_span)
                        .help("say what happens to it: `on push to \"release/*\"`, `on tag \"v*\"`")
                        .fix("write `push to`", event_span.at_start(), "push to "),
                );
            }
            _ => return Some(incomplete("`on` says no event".to_owned(), self.span(0)).help(EVENTS)),
        };
        let normal = event.to_ascii_lowercase().replace('_', "-");
        match normal.as_str() {
            "rollback" => Some(
                Diagnostic::error(codes::P0018, "`on rollback` comes with a later version", event_span)
                    .note("the words are reserved for promotion across runs"),
            ),
            "push" | "pull-request" if normal == event => {
                if self.is_sign(2, Punctuation::Colon) {
                    return Some(
                        incomplete(
                            format!("`on {event}` does not say to which branches"),
                            self.span(0).to(event_span),
                        )
                        .help(format!("write `on {event} to main`, and further branches behind commas")),
                    );
                }
                let whole = self.span(0).to(event_span);
                if self.stopped_at == 2 {
                    let finding = incomplete(format!("`on {event}` does not say to which branches"), whole);
                    let help = format!("write `on {event} to main`, and further branches behind commas");
                    return Some(match (self.lexeme(2), self.is_cut_short()) {
                        (Some(Lexeme::Word(branch)), false)
                            if !matches!(branch, "branches" | "on" | "from" | "of") =>
                        {
                            finding.help(help).fix("write `to`", self.span(2).at_start(), "to ")
                        }
                        (Some(Lexeme::Text(..)), false) => {
                            finding.help(help).fix("write `to`", self.span(2).at_start(), "to ")
                        }
                        (_, true) => {
                            finding.help(help).fix("write `to main`", event_span.at_end(), " to main")
                        }
                        _ => finding.help(help),
                    });
                }
                (self.is_cut_short()).then(|| {
                    incomplete(format!("`on {event} to` does not say to which branches"), self.read_part())
                        .help(format!("write `on {event} to main`, and further branches behind commas"))
                })
            }
            "tag" | "schedule" | "manual" | "merge-queue" if normal == event => {
                self.is_cut_short().then(|| {
                    let help = if event == "tag" {
                        "say which tags: `on tag \"v*\"`"
                    } else {
                        "say when, in five fields: `on schedule \"0 3 * * 1-5\"`"
                    };
                    incomplete(format!("`on {event}` is not finished"), self.read_part()).help(help)
                })
            }
            _ => {
                let meant = match normal.as_str() {
                    "pull-request"
                    | "pull-requests"
                    | "pullrequest"
                    | "merge-request"
                    | "merge-requests"
                    | "pr"
                    | "mr"
                    | "pull-request-target" => Some("pull-request"),
                    "push" | "pushes" | "commit" => Some("push"),
                    "tags" | "release" => Some("tag"),
                    "cron" | "schedules" | "scheduled" => Some("schedule"),
                    "workflow-dispatch" | "dispatch" | "workflow-call" => Some("manual"),
                    "merge-group" | "merge-train" | "merge-queue" => Some("merge-queue"),
                    _ => {
                        closest(&normal, ["push", "pull-request", "tag", "schedule", "manual", "merge-queue"])
                    }
                };
                let finding = incomplete(format!("`{event}` is no event"), event_span);
                Some(match meant {
                    Some(meant @ ("push" | "pull-request")) if self.word(2) != Some("to") => finding
                        .help(format!("write `on {meant} to main`"))
                        .fix(format!("write `{meant} to main`"), event_span, format!("{meant} to main")),
                    Some(meant) => finding.help(format!("write `on {meant}`")).fix(
                        format!("write `{meant}`"),
                        event_span,
                        meant,
                    ),
                    None if matches!(event, "main" | "master" | "develop" | "trunk") => finding
                        .help(format!("say what happens to the branch: `on push to {event}`"))
                        .fix(format!("write `push to {event}`"), event_span.at_start(), "push to "),
                    None => finding.help(EVENTS),
                })
            }
        }
    }

    /// `stage … after … when … {`
    fn stage_header(&self, stop: &Stop) -> Option<Diagnostic> {
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
                Some("if" | "only" | "unless") => Some(
                    Diagnostic::error(
                        codes::P0014,
                        format!("`{}` is said by `when`", self.source(span)),
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
                        format!("`{word}` is said by `after`"),
                        whole,
                    )
                    .help(
                        "a stage waits for every stage above it; to wait for fewer say `after build, test`",
                    );
                    let next = self.word(at + 1 + usize::from(whole != span));
                    Some(if next.is_some() { finding.fix("write `after`", whole, "after") } else { finding })
                }
                _ => None,
            };
        };
        if found == Some("when") {
            return Some(
                Diagnostic::error(codes::P0015, "`when` is said twice", span)
                    .label(self.span(when), "said here first")
                    .help("join the two conditions by `and`")
                    .fix("write `and`", span, "and"),
            );
        }
        if found == Some("after") {
            return Some(
                Diagnostic::error(codes::P0013, "`after` stands before `when`", span)
                    .help("write `stage NAME after STAGE when CONDITION { … }`"),
            );
        }
        self.condition(stop, span)
    }

    /// Something in a condition.
    fn condition(&self, stop: &Stop, span: Span) -> Option<Diagnostic> {
        let at = self.stopped_at;
        let text = self.source(span);
        let fact = at.checked_sub(1).and_then(|before| self.word(before));
        let expects_is = stop.expected.contains(&Expected::Word("is"));
        let expects_fact = stop.expected.contains(&Expected::Thing("a condition"));
        if expects_is {
            let replace = |message: String| {
                Diagnostic::error(codes::P0014, message, span)
                    .help("conditions compare by `is`: a name, or a glob in quotes")
                    .fix("write `is`", span, "is")
            };
            return Some(match self.lexeme(at) {
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
                _ => {
                    Diagnostic::error(codes::P0009, format!("expected `is`, found {}", self.shown(at)), span)
                        .help(
                            "conditions compare by `is`: `branch is main`, `tag is \"v*\"`, `event is push`",
                        )
                }
            });
        }
        if !expects_fact {
            return match self.lexeme(at) {
                Some(Lexeme::Sign(Punctuation::Equal | Punctuation::Equals)) => None,
                Some(Lexeme::Sign(Punctuation::Dot)) => Some(self.no_fact(span)),
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
                Diagnostic::error(codes::P0014, format!("`{word}` is no fact of a condition"), span)
                    .note("conditions are decided when the run is planned, from facts about the event, never from outcomes")
                    .help("a stage runs when everything before it has succeeded; that needs no word"),
            );
        }
        Some(self.no_fact(span))
    }

    fn no_fact(&self, span: Span) -> Diagnostic {
        let word = self.source(span);
        let finding = Diagnostic::error(codes::P0009, format!("`{word}` is no fact of a condition"), span);
        match closest(word, FACTS) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
            None => finding.help(
                "the facts are `event is push`, `branch is main`, `tag is \"v*\"`, `changed docs`, `input NAME is value` and `fork`",
            ),
        }
    }

    /// `when` on something that is no stage.
    fn condition_elsewhere(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let word = self.word(self.stopped_at).filter(|_| self.stopped_at > 0)?;
        if !matches!(word, "when" | "if") || clause.word == "stage" || self.stopped_at_line {
            return None;
        }
        let span = self.span(self.stopped_at);
        let finding = Diagnostic::error(
            codes::P0013,
            format!("`{word}` stands on a stage, never on `{}`", clause.word),
            span,
        );
        Some(if clause.word == "gate" {
            finding
                .note("a gate in a run must pass; a gate that may be skipped is no gate")
                .help("put it into a stage that says `when`, or say in its body `exempt unless changed KIND because \"…\"`")
        } else {
            finding.help("put it into a stage of its own: `stage NAME when branch is main { … }`")
        })
    }

    /// Parts of clauses that a later version reads.
    fn reserved_part(&self, clause: &ClauseWord) -> Option<Diagnostic> {
        let word = self.word(self.stopped_at)?;
        let (part, subject) = match (clause.word, word) {
            ("artefact" | "artifact", "for") => ("for", "plans of infrastructure"),
            ("gate", "for") => ("for", "components of a repository"),
            ("strategy", "within") => ("strategy external", "controllers of the target"),
            _ => return None,
        };
        Some(
            Diagnostic::error(
                codes::P0018,
                format!("`{part}` comes with a later version"),
                self.span(self.stopped_at),
            )
            .note(format!("the word is reserved for {subject}")),
        )
    }

    /// A name in quotes, or a text without them.
    fn quotes(&self, stop: &Stop) -> Option<Diagnostic> {
        let span = self.span(self.stopped_at);
        if self.stopped_at >= self.clause_length {
            return None;
        }
        let expects = |thing: &'static str| stop.expected.contains(&Expected::Thing(thing));
        let text = expects("a string") || expects("a script");
        match self.lexeme(self.stopped_at)? {
            Lexeme::Text(..) if (expects("a name") || expects("a variable's name")) && !text => {
                let bare = self.source(span).trim_matches('"');
                let name = if expects("a name") { kebab(bare)? } else { bare.to_owned() };
                Some(
                    Diagnostic::error(codes::P0009, "a name stands here, without quotes", span)
                        .help(format!("write `{name}`"))
                        .fix(format!("write `{name}`"), span, name),
                )
            }
            Lexeme::Word(_) if text && !self.is_cut_short() => {
                let first = if expects("a script") && self.word(1).is_some() && self.stopped_at == 2 {
                    1
                } else {
                    self.stopped_at
                };
                let start = self.span(first);
                let line = self.text.get(start.start as usize..).unwrap_or("").lines().next().unwrap_or("");
                let line = line.trim_end().trim_end_matches(['{', '}']).trim_end();
                let whole = Span { end: start.start + u32::try_from(line.len()).unwrap_or(0), ..start };
                let quoted = format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""));
                let what = if expects("a script") { "a script" } else { "a text" };
                Some(
                    Diagnostic::error(codes::P0009, format!("{what} stands between quotes"), whole)
                        .help(format!("write `{quoted}`"))
                        .fix(format!("write `{quoted}`"), whole, quoted),
                )
            }
            _ => None,
        }
    }

    /// Something between the parentheses of a call or of parameters.
    fn call(&self, stop: &Stop) -> Option<Diagnostic> {
        let at = self.stopped_at;
        let mut open: Vec<usize> = Vec::new();
        for index in 0..at.min(self.lexemes.len()) {
            match self.lexeme(index) {
                Some(Lexeme::Sign(Punctuation::OpenParenthesis | Punctuation::OpenBracket)) => {
                    open.push(index)
                }
                Some(Lexeme::Sign(Punctuation::CloseParenthesis | Punctuation::CloseBracket)) => {
                    open.pop();
                }
                _ => {}
            }
        }
        let innermost = *open.last()?;
        let is_call = self.is_sign(innermost, Punctuation::OpenParenthesis);
        let span = self.span(at);
        let expects_colon = stop.expected.contains(&Expected::Sign(Punctuation::Colon));
        let argument = stop.expected.contains(&Expected::Thing("an argument such as `name: value`"))
            || stop.expected.contains(&Expected::Thing("an input such as `name: value`"));
        if is_call && expects_colon && self.is_sign(at, Punctuation::Equals) {
            return Some(
                Diagnostic::error(codes::P0009, "an argument is written with a colon", span)
                    .help("write `name: value`")
                    .fix("write `:`", self.span(at.saturating_sub(1)).at_end().to(span), ":"),
            );
        }
        if is_call && !self.is_cut_short() && (argument || (expects_colon && self.block != Block::File)) {
            let at = if argument { at } else { at.saturating_sub(1) };
            return Some(
                Diagnostic::error(codes::P0009, format!("{} has no name", self.shown(at)), self.span(at))
                    .help("arguments have names: `task(name: value)`"),
            );
        }
        let closing = if is_call { Punctuation::CloseParenthesis } else { Punctuation::CloseBracket };
        if !stop.expected.contains(&Expected::Sign(closing)) {
            return None;
        }
        if self.is_cut_short() {
            let opening = self.span(innermost);
            let text = self.source(opening);
            let last = self.span(at.saturating_sub(1));
            return Some(
                Diagnostic::error(codes::P0010, format!("this `{text}` is not closed"), opening)
                    .saying("opened here")
                    .label(last, format!("`{}` is missing behind this", closing.text()))
                    .help(format!("write `{}`", closing.text()))
                    .fix(format!("write `{}`", closing.text()), last.at_end(), closing.text()),
            );
        }
        stop.expected.contains(&Expected::Sign(Punctuation::Comma)).then(|| {
            let before = self.span(at.saturating_sub(1));
            Diagnostic::error(codes::P0009, format!("a comma is missing before {}", self.shown(at)), span)
                .help("lists have commas between their parts")
                .fix("write a comma", before.at_end(), ",")
        })
    }

    /// A clause that lacks something it must say.
    fn missing(&self, stop: &Stop, clause: &ClauseWord) -> Option<Diagnostic> {
        let declares = clause.opens.is_some()
            && !matches!(clause.word, "on" | "shift" | "verify" | "rollback" | "teardown" | "ready");
        let named = match self.word(1).filter(|_| self.stopped_at > 1 && declares) {
            Some(name) => format!("{} `{name}`", clause.word),
            None => format!("`{}`", clause.word),
        };
        if stop.expected.contains(&Expected::Word("because")) {
            return Some(
                Diagnostic::error(codes::P0019, format!("{named} says no reason"), self.read_part())
                    .help(format!("say why, for the reports: `{}`", clause.shape)),
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
                    .help("commas stand between the parts of a list, not behind the last")
                    .fix("leave out the comma", span, ""),
            );
        }
        if clause.word == "run"
            && let Some(script) = self.word(1).filter(|_| self.stopped_at == 2)
        {
            let span = self.span(1);
            return Some(
                Diagnostic::error(codes::P0009, "a script stands between quotes", span)
                    .help(format!("write `\"{script}\"`"))
                    .fix(format!("write `\"{script}\"`"), span, format!("\"{script}\"")),
            );
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
        let shape = if clause.word == "stage" && self.stopped_at > 2 {
            "stage NAME after STAGE when CONDITION { … }"
        } else {
            clause.shape
        };
        Some(finding.help(format!("it is written `{shape}`")))
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
                format!("{} can't stand here", self.shown(self.stopped_at)),
                found,
            )
            .help(
                clause
                    .map_or_else(|| self.vocabulary(), |clause| format!("it is written `{}`", clause.shape)),
            );
        }
        if let ([Expected::Word(word)], Some(clause), Some(Lexeme::Word(next) | Lexeme::Text(_, next))) =
            (stop.expected.as_slice(), clause, self.lexeme(self.stopped_at))
        {
            let finding = Diagnostic::error(
                codes::P0009,
                format!("expected `{word}`, found {}", self.shown(self.stopped_at)),
                found,
            )
            .help(format!("it is written `{}`", clause.shape));
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
            Some(clause) => finding.help(format!("it is written `{}`", clause.shape)),
            None => finding.help(self.vocabulary()),
        }
    }
}
