//! The clauses of bodies, and of the blocks inside bodies.

use chumsky::prelude::*;
use pipec_base::Spanned;

use super::top::{action, env, identity, secret, variable_clause};
use super::{Parts, Rule, Table, sign, word};
use crate::ast::{
    BodyClause, Checkout, CheckoutClause, DefaultClause, EngineStep, Exemption, Expectation, MatrixClause,
    Operator, OverrideClause, SidecarClause, StrategyStep, Text, ToolVersion,
};
use crate::failure::Expected;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;

/// The rules for `env`, `tool`, `runs on` and `in`.
pub(super) fn defaults<'t>(parts: &Parts<'t>) -> [(&'static str, Rule<'t, DefaultClause>); 4] {
    let tool = word("tool")
        .ignore_then(parts.name.clone())
        .then(choice((
            word("from").ignore_then(parts.text.clone()).map(ToolVersion::FromFile),
            word("matrix")
                .ignore_then(sign(Punctuation::Dot))
                .ignore_then(parts.name.clone())
                .map(ToolVersion::OfAxis),
            parts.text.clone().map(ToolVersion::Exact),
        )))
        .map(|(name, version)| DefaultClause::Tool { name, version });
    let runs =
        word("runs").ignore_then(word("on")).ignore_then(parts.qname.clone()).map(DefaultClause::RunsOn);
    [
        ("env", env(parts)),
        ("tool", tool.boxed()),
        ("runs", runs.boxed()),
        ("in", word("in").ignore_then(parts.string.clone()).map(DefaultClause::In).boxed()),
    ]
}

pub(super) fn body<'t>(parts: &Parts<'t>) -> Table<'t, BodyClause> {
    let Parts { name, string, script, because, block, integer, qname, .. } = parts;
    let run = word("run")
        .ignore_then(name.clone().or_not())
        .then(script.clone())
        .map(|(name, script)| BodyClause::Run { name, script });
    let check = word("check")
        .ignore_then(name.clone())
        .then(script.clone())
        .map(|(name, script)| BodyClause::Check { name, script });
    let checkout = word("checkout")
        .ignore_then(word("none").to(Checkout::None).or(block.clone().map(|_| Checkout::With(Vec::new()))))
        .map(BodyClause::Checkout);
    let retry = word("retry")
        .ignore_then(integer.clone())
        .then(because.clone())
        .map(|(times, because)| BodyClause::Retry { times, because });
    let may =
        word("may").ignore_then(word("write")).ignore_then(parts.names.clone()).map(BodyClause::MayWrite);
    let report = word("report")
        .ignore_then(name.clone())
        .then(string.clone())
        .map(|(format, path)| BodyClause::Report { format, path });
    let keep = word("keep")
        .ignore_then(parts.strings.clone())
        .then_ignore(word("on"))
        .then_ignore(word("failure"))
        .map(BodyClause::Keep);
    let measure = word("measure")
        .ignore_then(string.clone())
        .then_ignore(block.clone())
        .map(|file| BodyClause::Measure { file, rows: Vec::new() });
    let cache = word("cache")
        .ignore_then(string.clone())
        .then_ignore(word("keyed"))
        .then_ignore(word("by"))
        .then(string.clone())
        .map(|(path, key)| BodyClause::Cache { path, key });
    let sidecar = word("sidecar")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|name| BodyClause::Sidecar { name, clauses: Vec::new() });
    let matrix = word("matrix").ignore_then(block.clone()).map(|_| BodyClause::Matrix(Vec::new()));
    let repeat = word("repeat")
        .ignore_then(integer.clone())
        .then_ignore(word("quorum"))
        .then(integer.clone())
        .map(|(times, quorum)| BodyClause::Repeat { times, quorum });
    let unless = word("unless")
        .ignore_then(word("changed"))
        .ignore_then(parts.refs.clone())
        .map(Exemption::UnlessChanged);
    let fork = word("on").ignore_then(word("fork")).map(|_| Exemption::OnFork);
    let exempt = word("exempt")
        .ignore_then(unless.or(fork))
        .then(because.clone())
        .map(|(when, because)| BodyClause::Exempt { when, because });
    let overriding = word("override")
        .ignore_then(word("by"))
        .ignore_then(qname.clone())
        .then_ignore(block.clone())
        .map(|role| BodyClause::Override { role, clauses: Vec::new() });
    let strategy = word("strategy")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|kind| BodyClause::Strategy { kind, steps: Vec::new() });
    let engine = word("engine")
        .ignore_then(name.clone())
        .then(because.clone())
        .then_ignore(block.clone())
        .map(|(target, because)| BodyClause::Engine { target, because, steps: Vec::new() });
    let act = action(parts);
    Table::new([
        ("run", run.boxed()),
        ("check", check.boxed()),
        ("uses", word("uses").ignore_then(parts.names.clone()).map(BodyClause::Uses).boxed()),
        ("path", word("path").ignore_then(parts.strings.clone()).map(BodyClause::Path).boxed()),
        ("checkout", checkout.boxed()),
        ("name", word("name").ignore_then(string.clone()).map(BodyClause::ImageName).boxed()),
        ("timeout", word("timeout").ignore_then(parts.expression.clone()).map(BodyClause::Timeout).boxed()),
        ("retry", retry.boxed()),
        ("secret", secret(parts).map(BodyClause::Secret).boxed()),
        ("identity", identity(parts).map(BodyClause::Identity).boxed()),
        ("may", may.boxed()),
        ("report", report.boxed()),
        ("keep", keep.boxed()),
        ("measure", measure.boxed()),
        ("cache", cache.boxed()),
        ("sidecar", sidecar.boxed()),
        ("matrix", matrix.boxed()),
        ("shard", word("shard").ignore_then(parts.expression.clone()).map(BodyClause::Shard).boxed()),
        ("repeat", repeat.boxed()),
        ("advisory", word("advisory").ignore_then(because.clone()).map(BodyClause::Advisory).boxed()),
        ("exempt", exempt.boxed()),
        ("override", overriding.boxed()),
        ("strategy", strategy.boxed()),
        ("shift", word("shift").ignore_then(act.clone()).map(BodyClause::Shift).boxed()),
        ("verify", word("verify").ignore_then(act.clone()).map(BodyClause::Verify).boxed()),
        ("rollback", word("rollback").ignore_then(act).map(BodyClause::Rollback).boxed()),
        (
            "irreversible",
            word("irreversible").ignore_then(because.clone()).map(BodyClause::Irreversible).boxed(),
        ),
        ("engine", engine.boxed()),
    ])
    .and_defaults(parts, BodyClause::Default)
}

pub(super) fn checkout<'t>(parts: &Parts<'t>) -> Table<'t, CheckoutClause> {
    let history = word("history").ignore_then(parts.name.clone()).map(CheckoutClause::History);
    Table::new([
        ("history", history.boxed()),
        ("submodules", word("submodules").map(|_| CheckoutClause::Submodules).boxed()),
        ("lfs", word("lfs").map(|_| CheckoutClause::Lfs).boxed()),
    ])
}

pub(super) fn measure<'t>(parts: &Parts<'t>) -> Table<'t, Expectation> {
    let key: Rule<'t, Text> = parts.name.clone().or(parts.text.clone()).boxed();
    let operator: Rule<'t, Spanned<Operator>> = take! {
        Lexeme::Sign(Punctuation::Less) => Operator::Less,
        Lexeme::Sign(Punctuation::LessOrEqual) => Operator::LessOrEqual,
        Lexeme::Sign(Punctuation::Equal) => Operator::Equal,
        Lexeme::Sign(Punctuation::NotEqual) => Operator::NotEqual,
        Lexeme::Sign(Punctuation::GreaterOrEqual) => Operator::GreaterOrEqual,
        Lexeme::Sign(Punctuation::Greater) => Operator::Greater,
    }
    .labelled(Expected::Thing("a comparison such as `>=`"))
    .map_with(|operator, e| Spanned::new(operator, e.span().0))
    .boxed();
    let comparison = operator.then(parts.literal.clone()).boxed();
    let samples = word("samples")
        .ignore_then(parts.integer.clone())
        .then_ignore(word("confidence"))
        .then(parts.percent.clone());
    let fixed = comparison
        .clone()
        .then(samples.or_not())
        .map(|((operator, value), samples)| (operator, value, samples, None));
    let drop = word("drop")
        .ignore_then(comparison)
        .then_ignore(word("vs"))
        .then(parts.qname.clone())
        .map(|((operator, value), versus)| (operator, value, None, Some(versus)));
    let row = word("expect").ignore_then(key).then(drop.or(fixed).boxed()).map(
        |(key, (operator, value, samples, versus))| Expectation { key, operator, value, samples, versus },
    );
    Table::new([("expect", row.boxed())])
}

pub(super) fn sidecar<'t>(parts: &Parts<'t>) -> Table<'t, SidecarClause> {
    let port = word("port")
        .ignore_then(parts.integer.clone())
        .then(word("at").ignore_then(parts.integer.clone()).or_not())
        .map(|(port, at)| SidecarClause::Port { port, at });
    Table::new([
        ("image", word("image").ignore_then(parts.expression.clone()).map(SidecarClause::Image).boxed()),
        ("port", port.boxed()),
        (
            "env",
            variable_clause(parts).map(|(variable, value)| SidecarClause::Env { variable, value }).boxed(),
        ),
        ("ready", word("ready").ignore_then(action(parts)).map(SidecarClause::Ready).boxed()),
    ])
}

pub(super) fn matrix<'t>(parts: &Parts<'t>) -> Table<'t, MatrixClause> {
    let leg = parts
        .name
        .clone()
        .then_ignore(parts.block.clone())
        .map(|name| MatrixClause::Leg { name, clauses: Vec::new() });
    let axis = parts
        .name
        .clone()
        .then(parts.literal.clone().separated_by(sign(Punctuation::Comma)).at_least(1).collect::<Vec<_>>())
        .map(|(name, values)| MatrixClause::Axis { name, values });
    Table::new([]).or_else(leg.or(axis).boxed())
}

pub(super) fn overriding<'t>(parts: &Parts<'t>) -> Table<'t, OverrideClause> {
    let expires = word("expires").ignore_then(parts.duration.clone()).map(OverrideClause::Expires);
    let review = word("review")
        .ignore_then(word("within"))
        .ignore_then(parts.duration.clone())
        .map(OverrideClause::ReviewWithin);
    Table::new([("expires", expires.boxed()), ("review", review.boxed())])
}

pub(super) fn strategy<'t>(parts: &Parts<'t>) -> Table<'t, StrategyStep> {
    let step = word("step")
        .ignore_then(parts.percent.clone())
        .then(word("soak").ignore_then(parts.duration.clone()).or_not())
        .map(|(weight, soak)| StrategyStep { weight, soak });
    Table::new([("step", step.boxed())])
}

pub(super) fn engine<'t>(parts: &Parts<'t>) -> Table<'t, EngineStep> {
    let run = word("run")
        .ignore_then(parts.name.clone().or_not())
        .then(parts.script.clone())
        .map(|(name, script)| EngineStep::Run { name, script });
    let env = variable_clause(parts).map(|(variable, value)| EngineStep::Env { variable, value });
    let key = take! { Lexeme::Word(key) => key.to_owned() }
        .labelled(Expected::Thing("an input such as `name: value`"))
        .map_with(|key, e| Spanned::new(key, e.span().0))
        .or(parts.text.clone());
    let inputs = key
        .then_ignore(sign(Punctuation::Colon))
        .then(parts.expression.clone())
        .separated_by(sign(Punctuation::Comma))
        .collect::<Vec<_>>()
        .delimited_by(sign(Punctuation::OpenParenthesis), sign(Punctuation::CloseParenthesis))
        .boxed();
    let action = word("action")
        .ignore_then(parts.text.clone())
        .then(inputs)
        .map(|(action, inputs)| (action, inputs))
        .boxed();
    let named = parts
        .name
        .clone()
        .then_ignore(sign(Punctuation::Equals))
        .then(action.clone())
        .map(|(name, (action, inputs))| EngineStep::Action { name: Some(name), action, inputs });
    let unnamed = action.map(|(action, inputs)| EngineStep::Action { name: None, action, inputs });
    Table::new([("run", run.boxed()), ("env", env.boxed()), ("action", unnamed.boxed())])
        .or_else(named.boxed())
}
