//! The clauses of bodies, and of the blocks inside bodies.

use chumsky::prelude::*;
use pipec_base::Spanned;

use super::planned::{
    self, CACHES, CLAIMS, MATRICES, MEMBERS, delivery, learning_in_bodies, one_for_now, planned, planned_word,
};
use super::top::{action, env, identity, secret, variable_clause};
use super::{Parts, Rule, Table, sign, word};
use crate::ast::{
    BodyClause, Checkout, CheckoutClause, DefaultClause, EngineStep, Exemption, Expectation, MatrixClause,
    Operator, OverrideClause, Path, SidecarClause, StrategyStep, StringLiteral, Text, ToolVersion,
};
use crate::failure::Expected;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;
use crate::words::Block;

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
    let only = word("for").ignore_then(parts.names.clone()).or_not().boxed();
    let open = word("open").ignore_then(word("to")).ignore_then(name.clone());
    let open = planned("open to", MEMBERS, open).or_not().boxed();
    let held_secret =
        secret(parts).then(open.clone()).then(only.clone()).map(|((secret, open), only)| match open {
            None => BodyClause::Secret { secret, only },
            Some(_) => BodyClause::Error,
        });
    let held_identity =
        identity(parts).then(open).then(only.clone()).map(|((identity, open), only)| match open {
            None => BodyClause::Identity { identity, only },
            Some(_) => BodyClause::Error,
        });
    let may = word("may")
        .ignore_then(word("write"))
        .ignore_then(parts.names.clone())
        .then(only)
        .map(|(rights, only)| BodyClause::MayWrite { rights, only });
    let on_pull_request = word("on").then(word("pull-request"));
    let report = word("report")
        .ignore_then(name.clone())
        .then(string.clone())
        .then_ignore(planned("on pull-request", MEMBERS, on_pull_request).or_not())
        .map(|(format, path)| BodyClause::Report { format, path });
    let on_failure = parts
        .strings
        .clone()
        .then_ignore(word("on"))
        .then_ignore(word("failure"))
        .map(BodyClause::Keep)
        .boxed();
    let for_long = planned("keep with a duration", planned::RESUMED, parts.duration.clone());
    let keep = word("keep").ignore_then(on_failure.or(for_long.to(BodyClause::Error)));
    let measure = word("measure")
        .ignore_then(string.clone())
        .then_ignore(block.clone())
        .map(|file| BodyClause::Measure { file, rows: Vec::new() });
    let cache = cache(parts, true).map(|cache| match cache {
        Some((path, key)) => BodyClause::Cache { path, key },
        None => BodyClause::Error,
    });
    let sidecar = word("sidecar")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|name| BodyClause::Sidecar { name, clauses: Vec::new() });
    let leg = planned::leg(parts);
    let except = planned("except", MATRICES, word("except").ignore_then(leg.clone()));
    let also = planned("also", MATRICES, word("also").ignore_then(leg));
    let most = word("at").ignore_then(word("most")).ignore_then(integer.clone());
    let matrix = word("matrix")
        .ignore_then(block.clone())
        .then_ignore(except.or(also).repeated().collect::<Vec<_>>())
        .then_ignore(planned("at most", MATRICES, most).or_not())
        .map(|_| BodyClause::Matrix(Vec::new()));
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
    let external = word("external").then(word("within")).then(parts.duration.clone());
    let external = planned("strategy external", "controllers of the target", external);
    let steps = name
        .clone()
        .then_ignore(block.clone())
        .map(|kind| BodyClause::Strategy { kind, steps: Vec::new() })
        .boxed();
    let strategy = word("strategy").ignore_then(steps.or(external.to(BodyClause::Error)));
    let engine = word("engine")
        .ignore_then(name.clone())
        .then(because.clone())
        .then_ignore(block.clone())
        .map(|(target, because)| BodyClause::Engine { target, because, steps: Vec::new() });
    let act = action(parts);
    Table::new([
        ("run", run.boxed()),
        ("check", check.boxed()),
        ("uses", word("uses").ignore_then(parts.parts.clone()).map(BodyClause::Uses).boxed()),
        ("path", word("path").ignore_then(parts.strings.clone()).map(BodyClause::Path).boxed()),
        ("checkout", checkout.boxed()),
        ("name", word("name").ignore_then(string.clone()).map(BodyClause::ImageName).boxed()),
        ("timeout", word("timeout").ignore_then(parts.expression.clone()).map(BodyClause::Timeout).boxed()),
        ("retry", retry.boxed()),
        ("secret", held_secret.boxed()),
        ("identity", held_identity.boxed()),
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
        ("rollback", word("rollback").ignore_then(act.clone()).map(BodyClause::Rollback).boxed()),
        (
            "irreversible",
            word("irreversible").ignore_then(because.clone()).map(BodyClause::Irreversible).boxed(),
        ),
        ("cleanup", word("cleanup").ignore_then(act).map(BodyClause::Cleanup).boxed()),
        ("engine", engine.boxed()),
    ])
    .and_defaults(parts, BodyClause::Default)
    .and_planned(
        Block::Body,
        [("previews", word("previews").ignore_then(string.clone()).to(BodyClause::Error).boxed())],
    )
    .and_planned(Block::Body, delivery(parts, BodyClause::Error))
    .and_planned(Block::Body, learning_in_bodies(parts, BodyClause::Error))
}

/// A cache. `None` if it has a form that this version does not have. `is_reported` says whether such a form gives a
/// finding here. Otherwise the whole clause does.
pub(super) fn cache<'t>(
    parts: &Parts<'t>,
    is_reported: bool,
) -> Rule<'t, Option<(StringLiteral, StringLiteral)>> {
    let several = match is_reported {
        true => one_for_now("several paths", CACHES, &parts.strings),
        false => parts.strings.clone(),
    };
    let newest = word("or").then(word("newest")).to(()).boxed();
    let layers = word("layers").to(()).boxed();
    let (newest, layers) = match is_reported {
        true => (planned("or newest", CACHES, newest), planned("cache layers", CACHES, layers)),
        false => (newest, layers),
    };
    let keyed = several
        .clone()
        .then_ignore(word("keyed"))
        .then_ignore(word("by"))
        .then(several)
        .then(newest.or_not())
        .map(|((paths, keys), newest)| {
            let is_single = paths.len() == 1 && keys.len() == 1 && newest.is_none();
            paths.into_iter().next().zip(keys.into_iter().next()).filter(|_| is_single)
        });
    word("cache").ignore_then(keyed.or(layers.map(|()| None))).boxed()
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
        .then(samples.clone().or_not())
        .map(|((operator, value), samples)| (operator, value, samples, None));
    let file = planned("vs a file", CLAIMS, parts.text.clone())
        .map(|file| Path { span: file.span, segments: Vec::new() });
    let drop = word("drop")
        .ignore_then(comparison)
        .then_ignore(word("vs"))
        .then(parts.qname.clone().or(file))
        .then_ignore(planned("samples", CLAIMS, samples).or_not())
        .then_ignore(planned("or first", CLAIMS, word("or").then(word("first"))).or_not())
        .map(|((operator, value), versus)| (operator, value, None, Some(versus)));
    let each = planned("each", CLAIMS, word("each").ignore_then(parts.strings.clone())).or_not();
    let row = word("expect").ignore_then(key).then(each).then(drop.or(fixed).boxed()).map(
        |((key, each), (operator, value, samples, versus))| Expectation {
            key,
            each: each.unwrap_or_default(),
            operator,
            value,
            samples,
            versus,
        },
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
    let runners = word("runs").ignore_then(word("on")).ignore_then(parts.qnames.clone());
    let runners =
        parts.name.clone().ignore_then(planned("runs on", MATRICES, runners)).to(MatrixClause::Error);
    Table::new([]).or_else(choice((leg, axis, runners)).boxed())
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
        .then(inputs.clone())
        .map(|(action, inputs)| (action, inputs))
        .boxed();
    let workflow = planned::workflow().then(parts.text.clone()).then(inputs).to(EngineStep::Error).boxed();
    let subject = "workflows of other repositories";
    let named_action = parts
        .name
        .clone()
        .then_ignore(sign(Punctuation::Equals))
        .then(action.clone())
        .map(|(name, (action, inputs))| EngineStep::Action { name: Some(name), action, inputs });
    let named_workflow = parts.name.clone().ignore_then(sign(Punctuation::Equals)).ignore_then(planned_word(
        "workflow",
        subject,
        workflow.clone(),
    ));
    let named = named_action.or(named_workflow);
    let unnamed = action.map(|(action, inputs)| EngineStep::Action { name: None, action, inputs });
    Table::new([("run", run.boxed()), ("env", env.boxed()), ("action", unnamed.boxed())])
        .and_planned(Block::Engine, [("workflow", workflow)])
        .or_else(named.boxed())
}
