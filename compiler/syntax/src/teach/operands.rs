//! Faults in operands: wrong quotes and parentheses, and signs of other languages.

use pipec_base::{Diagnostic, Edit, Span, codes};

use super::Case;
use crate::failure::{Expected, Stop};
use crate::grammar::kebab;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;
use crate::words::{Block, ClauseWord};

impl Case<'_, '_> {
    /// Explains a name in quotes, or a text without them.
    pub(super) fn quotes(&self, stop: &Stop) -> Option<Diagnostic> {
        let span = self.span(self.stopped_at);
        if self.stopped_at >= self.clause_length {
            return None;
        }
        let expects = |thing: &'static str| stop.expected.contains(&Expected::Thing(thing));
        let text = expects("a string") || expects("a script");
        match self.lexeme(self.stopped_at)? {
            // Both a name and a text are expected, but there is only a text.
            Lexeme::Text(..)
                if self.stopped_at == 1
                    && matches!(self.word(0), Some("label" | "emits"))
                    && !matches!(self.lexeme(2), Some(Lexeme::Text(..))) =>
            {
                Some(
                    Diagnostic::error(codes::P0009, "this does not name an engine", span)
                        .help(format!(
                            "write the engine before the text: `{} github {}`",
                            self.source(self.span(0)),
                            self.source(span)
                        ))
                        .fix("write `github`", span.at_start(), "github "),
                )
            }
            Lexeme::Text(..) if self.word(0) == Some("uses") && self.source(span).contains('/') => Some(
                Diagnostic::error(
                    codes::P0014,
                    format!("{} is an action of one engine", self.shown(self.stopped_at)),
                    span,
                )
                .note("a body is for every engine")
                .help(
                    "use a script, `run \"…\"`; the commit is checked out automatically; if you need \
                           an action, use `engine github because \"…\" { action \"owner/name@version\"() \
                           }`",
                ),
            ),
            Lexeme::Text(..)
                if matches!(self.word(0), Some("approval" | "override")) && expects("a name") =>
            {
                Some(Diagnostic::error(codes::P0009, "expected the name of a role", span).help(format!(
                    "declare a role, `role owners {{ github team {} }}`, then write `{} by owners`",
                    self.source(span),
                    self.word(0).unwrap_or_default()
                )))
            }
            Lexeme::Number(..) if text && !expects("a name") => {
                let quoted = format!("\"{}\"", self.source(span));
                Some(
                    Diagnostic::error(codes::P0009, "text needs quotes", span)
                        .help(format!("write `{quoted}`"))
                        .fix(format!("write `{quoted}`"), span, quoted),
                )
            }
            Lexeme::Text(..) if (expects("a name") || expects("a variable's name")) && !text => {
                let bare = self.source(span).trim_matches('"');
                let name = if expects("a name") { kebab(&bare.replace(' ', "-"))? } else { bare.to_owned() };
                Some(
                    Diagnostic::error(codes::P0009, "expected a name without quotes", span)
                        .help(format!("write `{name}`"))
                        .fix(format!("write `{name}`"), span, name),
                )
            }
            // `cleanup run down "…"`: only in a block may a script have a name.
            Lexeme::Word(name)
                if text
                    && self.stopped_at >= 2
                    && self.word(self.stopped_at - 1) == Some("run")
                    && matches!(self.lexeme(self.stopped_at + 1), Some(Lexeme::Text(..))) =>
            {
                let script = self.span(self.stopped_at - 1).to(self.span(self.stopped_at + 1));
                let block = format!("{{ {} }}", self.source(script));
                Some(
                    Diagnostic::error(
                        codes::P0009,
                        format!("`{name}` is a name for one script of several"),
                        span,
                    )
                    .help(format!("write a block: `{block}`"))
                    .fix(format!("write `{block}`"), script, block),
                )
            }
            Lexeme::Word(_) if text && !self.is_cut_short() => {
                // The first word after `run` could be a task's name.
                let runs = |index: usize| {
                    self.stopped_at.checked_sub(index).and_then(|at| self.word(at)) == Some("run")
                };
                let first = if runs(2) { self.stopped_at - 1 } else { self.stopped_at };
                let start = self.span(first);
                let line = self.text.get(start.start as usize..).unwrap_or("").lines().next().unwrap_or("");
                let line = line.trim_end().trim_end_matches(['{', '}']).trim_end();
                let whole = Span { end: start.start + u32::try_from(line.len()).unwrap_or(0), ..start };
                let quoted = format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""));
                let what = if expects("a script") { "a script" } else { "a text" };
                // The rest of the line may belong to the text or be other clauses.
                let has_clause =
                    line.split_whitespace().skip(1).any(|word| self.block.clause(word).is_some());
                let is_one_text = if runs(1) || runs(2) {
                    !line.contains('"') || !has_clause
                } else {
                    !line.contains('"') && (!has_clause || expects("a script"))
                };
                if !is_one_text {
                    let finding = Diagnostic::error(codes::P0009, format!("{what} needs quotes"), span);
                    return Some(match self.word(0).and_then(|word| self.block.clause(word)) {
                        Some(clause) => finding.help(format!("write `{}`", clause.shape)),
                        None => finding.help(self.vocabulary()),
                    });
                }
                let finding = Diagnostic::error(codes::P0009, format!("{what} needs quotes"), whole);
                let may_be_value = matches!(self.word(0), Some("in" | "path" | "name" | "url" | "tool"))
                    && line.chars().all(|letter| letter.is_ascii_lowercase() || matches!(letter, '-' | '.'));
                Some(if may_be_value && self.word(0) == Some("tool") {
                    finding.help(format!(
                        "a version begins with a number: `\"1.2.3\"`; to use a parameter or constant, \
                         write `$\"{{{line}}}\"`"
                    ))
                } else if self.word(0) == Some("registry") {
                    Diagnostic::error(codes::P0009, "the host of a registry needs quotes", span).help(
                        "write the host itself: `registry \"ghcr.io/acme\" { … }`; it takes no constant",
                    )
                } else if may_be_value {
                    finding.help(format!(
                        "write `{quoted}`; to use a parameter or constant, write `$\"{{{line}}}\"`"
                    ))
                } else {
                    finding.help(format!("write `{quoted}`")).fix(format!("write `{quoted}`"), whole, quoted)
                })
            }
            _ => None,
        }
    }

    /// Explains a fault between the parentheses of a call or of parameters.
    pub(super) fn call(&self, stop: &Stop) -> Option<Diagnostic> {
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
                Diagnostic::error(codes::P0009, "an argument needs a colon", span)
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
                    .label(last, format!("`{}` is missing after this", closing.text()))
                    .help(format!("write `{}`", closing.text()))
                    .fix(format!("write `{}`", closing.text()), last.at_end(), closing.text()),
            );
        }
        stop.expected.contains(&Expected::Sign(Punctuation::Comma)).then(|| {
            let before = self.span(at.saturating_sub(1));
            Diagnostic::error(codes::P0009, format!("a comma is missing before {}", self.shown(at)), span)
                .help("write commas between the items of a list")
                .fix("write a comma", before.at_end(), ",")
        })
    }

    /// Explains signs that other languages have between or around operands.
    pub(super) fn signs(&self, stop: &Stop, clause: Option<&ClauseWord>) -> Option<Diagnostic> {
        let (at, span) = (self.stopped_at, self.span(self.stopped_at));
        if at == 0 || at >= self.clause_length {
            return None;
        }
        let word = clause.map_or("", |clause| clause.word);
        let before = self.span(at - 1);
        let expects_equals = stop.expected.contains(&Expected::Sign(Punctuation::Equals));
        let error = |message: &str, span| Diagnostic::error(codes::P0009, message, span);
        match self.lexeme(at)? {
            Lexeme::Sign(Punctuation::OpenBracket) if word == "run" => {
                Some(error("scripts can't be in a list", span).help(
                    "each script has its own clause; they run in order: `run \"npm ci\" run \"npm test\"`",
                ))
            }
            Lexeme::Sign(Punctuation::OpenBracket) if !expects_equals => {
                let end = (at..self.clause_length).find(|end| self.is_sign(*end, Punctuation::CloseBracket));
                let finding = error("lists have no brackets", span)
                    .help("write commas between the items: `on push to main, develop`");
                let Some(end) = end.filter(|end| *end > at + 1) else { return Some(finding) };
                let edits = vec![
                    Edit { span, text: String::new() },
                    Edit { span: self.span(end), text: String::new() },
                ];
                Some(finding.fix_with("remove the brackets", edits))
            }
            Lexeme::Sign(Punctuation::Less) if word == "run" => Some(
                error("a script needs quotes", span)
                    .help("put several lines between `\"\"\"`, with the closing quotes on their own line"),
            ),
            Lexeme::Sign(Punctuation::Bar) if word == "run" => Some(
                error("a script needs quotes", span)
                    .help("put several lines between `\"\"\"`, with the closing quotes on their own line"),
            ),
            Lexeme::Sign(Punctuation::Colon) if word == "let" => Some(
                error("a constant has no type", span)
                    .help("its type follows from its value: `let NAME = value`"),
            ),
            Lexeme::Sign(Punctuation::Colon) if expects_equals && matches!(word, "env" | "value") => Some(
                error("a value needs `=` before it", span)
                    .help(format!("write `{} NAME = value`", word))
                    .fix("write `=`", before.at_end().to(span), " ="),
            ),
            Lexeme::Sign(Punctuation::Colon) if self.block == Block::Matrix && at == 1 => Some(
                error("the name of an axis has no `:` after it", span)
                    .help("write the values after the name: `python \"3.11\", \"3.12\"`")
                    .fix("remove the `:`", before.at_end().to(span), ""),
            ),
            Lexeme::Text(..) | Lexeme::Number(..)
                if expects_equals && matches!(word, "env" | "value" | "let") =>
            {
                Some(
                    error("a value needs `=` before it", span)
                        .help(format!("write `{} NAME = value`", word))
                        .fix("write `=`", span.at_start(), "= "),
                )
            }
            Lexeme::Sign(Punctuation::Arrow) if word == "deploy" => Some(
                error("a deploy needs `to` before its environment", span)
                    .help("write `deploy ARTEFACT to ENVIRONMENT { … }`")
                    .fix("write `to`", span, "to"),
            ),
            Lexeme::Word(_) if word == "deploy" && self.word(at - 1) == Some("to") && at == 2 => Some(
                error("this `deploy` names no artefact", self.span(0).to(before))
                    .help("a deploy delivers artefacts to an environment: `deploy web to staging { … }`"),
            ),
            Lexeme::Word("into" | "onto" | "in" | "on" | "at")
                if word == "deploy" && stop.expected.contains(&Expected::Word("to")) =>
            {
                Some(
                    error("a deploy needs `to` before its environment", span)
                        .help("write `deploy ARTEFACT to ENVIRONMENT { … }`")
                        .fix("write `to`", span, "to"),
                )
            }
            Lexeme::Word(_) if word == "deploy" && stop.expected.contains(&Expected::Word("to")) => Some(
                error("a deploy needs `to` before its environment", span)
                    .help("write `deploy ARTEFACT to ENVIRONMENT { … }`")
                    .fix("write `to`", span.at_start(), "to "),
            ),
            Lexeme::Word(_) if word == "deploy" && self.word(at - 1) == Some("environment") => Some(
                error("the environment has no keyword `environment` here", before)
                    .help("write `deploy ARTEFACT to ENVIRONMENT { … }`")
                    .fix("remove `environment`", Span { end: span.start, ..before }, ""),
            ),
            Lexeme::Word("key") if word == "cache" => Some(
                error("instead of `key`, write `keyed by`", span)
                    .help("write `cache \"path\" keyed by \"file\"`")
                    .fix("write `keyed by`", span, "keyed by"),
            ),
            Lexeme::Word("read") if word == "may" => Some(error("reading needs no permission", span).help(
                "a body may always read the repository; ask only for write permissions: `may \
                           write releases`",
            )),
            Lexeme::Sign(Punctuation::Colon) if stop.expected.contains(&Expected::Thing("`{`")) => {
                Some(Diagnostic::error(codes::P0014, "a block needs braces", span).help(format!(
                    "indentation has no meaning: write `{}`",
                    clause.map_or("", |clause| clause.shape)
                )))
            }
            Lexeme::Word(_)
                if self.block == Block::Stage
                    && expects_equals
                    && (at..self.clause_length).any(|it| self.is_sign(it, Punctuation::OpenParenthesis)) =>
            {
                Some(
                    error("a call of a task needs `=` before it", span)
                        .help(format!("write `{} = {}(…)`", self.source(self.read_part()), self.source(span)))
                        .fix("write `=`", span.at_start(), "= "),
                )
            }
            Lexeme::Text(..) | Lexeme::Word("run")
                if self.block == Block::Stage
                    && expects_equals
                    && stop.expected.contains(&Expected::Thing("`{`")) =>
            {
                Some(
                    error("a body needs braces", span)
                        .help(format!("write `{} {{ run \"…\" }}`", self.source(self.read_part()))),
                )
            }
            _ => None,
        }
    }

    /// Explains `gate unit: test = build`.
    pub(super) fn bare_call(&self, stop: &Stop) -> Option<Diagnostic> {
        let last = self.span(self.stopped_at.checked_sub(1)?);
        let name = self.word(self.stopped_at - 1)?;
        let lacks_arguments = stop.expected.contains(&Expected::Sign(Punctuation::OpenParenthesis))
            && !stop.expected.contains(&Expected::Thing("`{`"))
            && (1..self.stopped_at).any(|index| self.is_sign(index, Punctuation::Equals));
        (lacks_arguments && self.is_cut_short()).then(|| {
            Diagnostic::error(codes::P0009, format!("this call of `{name}` has no parentheses"), last)
                .help(format!("write `{name}()`, or its arguments between them: `{name}(name: value)`"))
                .fix(format!("write `{name}()`"), last.at_end(), "()")
        })
    }
}
