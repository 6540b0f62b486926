//! Forms that this version parses but does not have.
//!
//! For example, `on tag "v*" promotes main` is a whole clause for the parser, with the finding P0020 at `promotes`. So
//! the formatter can lay it out, and nothing else is reported about it.

use std::collections::BTreeMap;

use chumsky::prelude::*;
use pipec_base::{Diagnostic, Span, codes};

use super::top::{finally, identity, secret, stage_clause};
use super::{Extra, Parts, Rule, Table, blocks, sign, word};
use crate::ast::{
    DefaultClause, EndpointClause, FamilyClause, Name, Path, PredictorClause, RecordsClause, SourceClause,
    StringLiteral,
};
use crate::failure::{Expected, Failure};
use crate::lexeme::{Lexeme, Stream};
use crate::token::Punctuation;
use crate::words::Block;

/// The subjects of planned forms that are parts of clauses.
pub(super) const RESUMED: &str = "runs that go on from an earlier one";
pub(super) const MEMBERS: &str = "pull requests of members";
pub(super) const FAMILIES: &str = "families of pipelines";
pub(super) const MATRICES: &str = "matrices with exceptions";
pub(super) const CACHES: &str = "caches of several files";
pub(super) const CLAIMS: &str = "claims about samples";

fn finding(words: &str, subject: &str, span: Span) -> Failure {
    Failure::Finding(Box::new(
        Diagnostic::error(codes::P0020, format!("`{words}` is not in this version yet"), span)
            .note(format!("it is planned for {subject}")),
    ))
}

/// A part of a clause that this version does not have.
pub(super) fn planned<'t, T: 't>(
    words: &'static str,
    subject: &'static str,
    rule: impl Parser<'t, Stream<'t>, T, Extra<'t>> + Clone + 't,
) -> Rule<'t, T> {
    rule.validate(move |form, e, emitter| {
        emitter.emit(finding(words, subject, e.span().0));
        form
    })
    .labelled(Expected::Planned)
    .boxed()
}

/// A form that begins with a keyword and that this version does not have. `words` end with the keyword. The finding
/// underlines the keyword, because a block may follow.
pub(super) fn planned_word<'t, T: 't>(
    words: &'static str,
    subject: &'static str,
    rule: impl Parser<'t, Stream<'t>, T, Extra<'t>> + Clone + 't,
) -> Rule<'t, T> {
    let keyword = words.rsplit(' ').next().unwrap_or(words);
    let length = u32::try_from(keyword.len()).unwrap_or(0);
    rule.validate(move |form, e, emitter| {
        let span: Span = e.span().0;
        emitter.emit(finding(words, subject, Span { end: span.start + length, ..span }));
        form
    })
    .labelled(Expected::Planned)
    .boxed()
}

/// A list. In this version, it has one item.
pub(super) fn one_for_now<'t>(
    words: &'static str,
    subject: &'static str,
    list: &Rule<'t, Vec<StringLiteral>>,
) -> Rule<'t, Vec<StringLiteral>> {
    list.clone()
        .validate(move |list: Vec<StringLiteral>, _, emitter| {
            if let Some(second) = list.get(1) {
                emitter.emit(finding(words, subject, second.span));
            }
            list
        })
        .boxed()
}

/// The name of an artefact. In this version, it is a single name. `member.artefact` of a family is one name with a dot.
pub(super) fn part<'t>(path: &Rule<'t, Path>) -> Rule<'t, Name> {
    path.clone()
        .validate(|path: Path, _, emitter| {
            let words: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
            let name = words.join(".");
            if path.segments.len() > 1 {
                emitter.emit(finding(&name, "artefacts of a family's member", path.span));
            }
            Name::new(name, path.span)
        })
        .boxed()
}

impl<'t, T: 't> Table<'t, T> {
    /// Adds the planned clauses of a block.
    pub(super) fn and_planned<const N: usize>(
        mut self,
        block: Block,
        rules: [(&'static str, Rule<'t, T>); N],
    ) -> Table<'t, T> {
        let subjects: BTreeMap<&str, &'static str> =
            block.planned().iter().map(|planned| (planned.clause.word, planned.subject)).collect();
        for (keyword, rule) in rules {
            let subject = subjects.get(keyword).copied().unwrap_or_default();
            self.words.insert(keyword, planned_word(keyword, subject, rule));
        }
        self
    }
}

/// The operands of some clauses about data and models.
fn learning<'t, T: Clone + 't>(parts: &Parts<'t>, clause: T) -> [(&'static str, Rule<'t, T>); 5] {
    let paths = || parts.qnames.clone().ignored();
    let on = word("trains").ignore_then(word("on")).ignore_then(paths());
    let from = word("derived").ignore_then(word("from")).ignore_then(paths());
    let split = word("split").ignore_then(parts.text.clone()).ignored();
    let format =
        word("format").ignore_then(parts.name.clone()).then(parts.because.clone().or_not()).ignored();
    let licence = word("licence").ignore_then(parts.text.clone()).ignored();
    [
        ("trains", on.to(clause.clone()).boxed()),
        ("derived", from.to(clause.clone()).boxed()),
        ("split", split.to(clause.clone()).boxed()),
        ("format", format.to(clause.clone()).boxed()),
        ("licence", licence.to(clause).boxed()),
    ]
}

/// The clauses of bodies about data and models.
pub(super) fn learning_in_bodies<'t, T: Clone + 't>(
    parts: &Parts<'t>,
    clause: T,
) -> [(&'static str, Rule<'t, T>); 11] {
    let paths = || parts.qnames.clone().ignored();
    let evaluates = word("evaluates").ignore_then(word("on")).ignore_then(paths());
    let judged = word("judged").ignore_then(word("by")).ignore_then(paths());
    let serves = word("serves").ignore_then(word("on")).ignore_then(paths());
    let embeds = word("embeds").ignore_then(word("with")).ignore_then(parts.qname.clone()).ignored();
    let order = word("order").ignore_then(word("by")).ignore_then(parts.qname.clone()).ignored();
    let quarantine = word("quarantine")
        .ignore_then(parts.strings.clone())
        .then_ignore(word("owner"))
        .then(parts.qname.clone())
        .then_ignore(word("until"))
        .then(parts.date.clone())
        .then(parts.because.clone())
        .ignored();
    let [trains, derived, split, format, licence] = learning(parts, clause.clone());
    [
        trains,
        derived,
        split,
        format,
        licence,
        ("evaluates", evaluates.to(clause.clone()).boxed()),
        ("judged", judged.to(clause.clone()).boxed()),
        ("serves", serves.to(clause.clone()).boxed()),
        ("embeds", embeds.to(clause.clone()).boxed()),
        ("order", order.to(clause.clone()).boxed()),
        ("quarantine", quarantine.to(clause).boxed()),
    ]
}

/// The clauses of bodies about delivery.
pub(super) fn delivery<'t, T: Clone + 't>(parts: &Parts<'t>, clause: T) -> [(&'static str, Rule<'t, T>); 5] {
    let sealed = word("sealed").ignore_then(word("by")).ignore_then(parts.variable.clone()).ignored();
    let contract = word("contract")
        .ignore_then(parts.name.clone())
        .then_ignore(word("after"))
        .then(parts.duration.clone())
        .ignored();
    let commit = word("commit")
        .ignore_then(word("to"))
        .ignore_then(parts.name.clone())
        .then(parts.text.clone())
        .then_ignore(word("file"))
        .then(parts.string.clone())
        .then_ignore(word("set"))
        .then(parts.text.clone())
        .then_ignore(sign(Punctuation::Equals))
        .then(parts.expression.clone())
        .ignored();
    let reconciled = word("reconciled")
        .ignore_then(word("by"))
        .ignore_then(parts.name.clone())
        .then(parts.text.clone())
        .then_ignore(word("within"))
        .then(parts.duration.clone())
        .ignored();
    [
        ("sealed", sealed.to(clause.clone()).boxed()),
        ("expand", word("expand").to(clause.clone()).boxed()),
        ("contract", contract.to(clause.clone()).boxed()),
        ("commit", commit.to(clause.clone()).boxed()),
        ("reconciled", reconciled.to(clause).boxed()),
    ]
}

/// `( NAME: value, … )`: a leg of a matrix.
pub(super) fn leg<'t>(parts: &Parts<'t>) -> Rule<'t, ()> {
    let value = parts.literal.clone().ignored().or(parts.qname.clone().ignored());
    parts
        .name
        .clone()
        .then_ignore(sign(Punctuation::Colon))
        .then(value)
        .separated_by(sign(Punctuation::Comma))
        .at_least(1)
        .collect::<Vec<_>>()
        .delimited_by(sign(Punctuation::OpenParenthesis), sign(Punctuation::CloseParenthesis))
        .ignored()
        .boxed()
}

pub(super) fn family<'t>(parts: &Parts<'t>) -> Table<'t, FamilyClause> {
    let member = word("member")
        .ignore_then(parts.name.clone())
        .then(word("after").ignore_then(parts.names.clone()).or_not())
        .ignored();
    let emits = word("emits").ignore_then(parts.name.clone()).then(parts.text.clone()).ignored();
    let owner = word("owner").ignore_then(parts.qname.clone()).ignored();
    Table::new([
        ("member", member.to(FamilyClause::Other).boxed()),
        ("emits", emits.to(FamilyClause::Other).boxed()),
        ("owner", owner.to(FamilyClause::Other).boxed()),
        ("stage", stage_clause(parts).map(FamilyClause::Stage).boxed()),
        ("finally", finally(parts).map(FamilyClause::Finally).boxed()),
    ])
}

pub(super) fn records<'t>(parts: &Parts<'t>) -> Table<'t, RecordsClause> {
    let keep = word("keep").ignore_then(parts.duration.clone());
    Table::new([
        ("keep", keep.to(RecordsClause).boxed()),
        ("attest", word("attest").to(RecordsClause).boxed()),
    ])
}

/// A keyword with a verbatim text.
fn saying<'t, T: Clone + 't>(
    parts: &Parts<'t>,
    keyword: &'static str,
    clause: T,
) -> (&'static str, Rule<'t, T>) {
    (keyword, word(keyword).ignore_then(parts.text.clone()).to(clause).boxed())
}

pub(super) fn source<'t>(parts: &Parts<'t>) -> Table<'t, SourceClause> {
    let [trains, derived, split, format, licence] = learning(parts, SourceClause);
    let reference = word("reference").ignore_then(parts.because.clone());
    Table::new([
        saying(parts, "from", SourceClause),
        saying(parts, "digest", SourceClause),
        saying(parts, "revision", SourceClause),
        licence,
        format,
        derived,
        split,
        trains,
        ("reference", reference.to(SourceClause).boxed()),
        ("secret", secret(parts).to(SourceClause).boxed()),
        ("identity", identity(parts).to(SourceClause).boxed()),
    ])
}

pub(super) fn endpoint<'t>(parts: &Parts<'t>) -> Table<'t, EndpointClause> {
    let [trains, ..] = learning(parts, EndpointClause);
    let retires = word("retires").ignore_then(parts.date.clone());
    let open = word("open").ignore_then(word("to")).ignore_then(parts.name.clone());
    Table::new([
        saying(parts, "provider", EndpointClause),
        saying(parts, "model", EndpointClause),
        trains,
        ("retires", retires.to(EndpointClause).boxed()),
        ("open", open.to(EndpointClause).boxed()),
        ("secret", secret(parts).to(EndpointClause).boxed()),
        ("identity", identity(parts).to(EndpointClause).boxed()),
    ])
}

pub(super) fn predictor<'t>(parts: &Parts<'t>) -> Table<'t, PredictorClause> {
    let run = word("run").ignore_then(parts.name.clone().or_not()).then(parts.script.clone());
    let uses = word("uses").ignore_then(parts.parts.clone());
    let answers = word("answers").ignore_then(parts.names.clone());
    let timeout = word("timeout").ignore_then(parts.expression.clone());
    let [env, _, runs, _] = blocks::defaults(parts);
    let default = |rule: Rule<'t, DefaultClause>| rule.to(PredictorClause).boxed();
    Table::new([
        ("run", run.to(PredictorClause).boxed()),
        ("uses", uses.to(PredictorClause).boxed()),
        ("answers", answers.to(PredictorClause).boxed()),
        ("timeout", timeout.to(PredictorClause).boxed()),
        (env.0, default(env.1)),
        (runs.0, default(runs.1)),
    ])
}

/// `workflow`, as a word of `engine`.
pub(super) fn workflow<'t>() -> impl Parser<'t, Stream<'t>, (), Extra<'t>> + Clone {
    take! { Lexeme::Word("workflow") => () }.labelled(Expected::Word("workflow"))
}
