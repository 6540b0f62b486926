//! Declarations, and the clauses of blocks that are no bodies.

use chumsky::prelude::*;
use pipec_base::Spanned;

use super::{Parts, Rule, Table, sign, word};
use crate::ast::{
    Action, Allow, Body, Change, Declaration, DefaultClause, Environment, EnvironmentClause,
    EvidenceDeclaration, Identity, Input, Instance, Let, Pipeline, PipelineClause, RefKind, Registry,
    RegistryClause, Role, RoleMember, Runner, RunnerClause, Secret, Stage, StageClause, Task, Trigger, Use,
    Work,
};
use crate::failure::Expected;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;

pub(super) fn allow<'t>(parts: &Parts<'t>) -> Rule<'t, Allow> {
    let code = take! { Lexeme::Word(code) => code }
        .labelled(Expected::Thing("a code such as `P0905`"))
        .map_with(|code: &str, e| Spanned::new(code.to_owned(), e.span().0));
    word("allow")
        .ignore_then(code)
        .then(parts.because.clone())
        .then(word("until").ignore_then(parts.date.clone()).or_not())
        .map_with(|((code, because), until), e| Allow { code, because, until, span: e.span().0 })
        .boxed()
}

pub(super) fn declarations<'t>(parts: &Parts<'t>) -> Table<'t, Declaration> {
    let Parts { name, block, call, expression, parameters, .. } = parts;
    let instance = sign(Punctuation::Equals).ignore_then(call.clone()).boxed();

    let import = word("use").ignore_then(
        parts
            .qname
            .clone()
            .then(word("as").ignore_then(name.clone()).or_not())
            .map(|(path, name)| Use::Standard { path, name })
            .or(parts
                .text
                .clone()
                .then_ignore(word("as"))
                .then(name.clone())
                .map(|(path, name)| Use::File { path, name }))
            .map(Declaration::Use),
    );
    let pipeline_rest = instance.clone().map(|call| (None, Some(call))).or(parameters
        .clone()
        .or_not()
        .then_ignore(block.clone())
        .map(|parameters| (parameters, None)));
    let pipeline = word("pipeline").ignore_then(name.clone()).then(pipeline_rest.clone().boxed()).map(
        |(name, (parameters, call))| match call {
            Some(call) => Declaration::PipelineInstance(Instance { name, call }),
            None => Declaration::Pipeline(Pipeline { name, parameters, clauses: Vec::new() }),
        },
    );
    let environment = word("environment").ignore_then(name.clone()).then(pipeline_rest.boxed()).map(
        |(name, (parameters, call))| match call {
            Some(call) => Declaration::EnvironmentInstance(Instance { name, call }),
            None => Declaration::Environment(Environment { name, parameters, clauses: Vec::new() }),
        },
    );
    let task = word("task")
        .ignore_then(name.clone())
        .then(parameters.clone())
        .then_ignore(sign(Punctuation::Arrow))
        .then(name.clone())
        .then(block.clone())
        .map(|(((name, parameters), yields), span)| {
            Declaration::Task(Task { name, parameters, yields, body: Body { clauses: Vec::new(), span } })
        });
    let runner = word("runner")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|name| Declaration::Runner(Runner { name, clauses: Vec::new() }));
    let role = word("role")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|name| Declaration::Role(Role { name, members: Vec::new() }));
    let registry = word("registry")
        .ignore_then(parts.text.clone())
        .then_ignore(block.clone())
        .map(|prefix| Declaration::Registry(Registry { prefix, clauses: Vec::new() }));
    let evidence = word("evidence")
        .ignore_then(name.clone())
        .then_ignore(word("of"))
        .then(word("commit").to(false).or(word("artefact").or(word("artifact")).to(true)))
        .map(|(name, of_artefact)| Declaration::Evidence(EvidenceDeclaration { name, of_artefact }));
    let constant = word("let")
        .ignore_then(name.clone())
        .then_ignore(sign(Punctuation::Equals))
        .then(expression.clone())
        .map(|(name, value)| Declaration::Let(Let { name, value }));

    Table::new([
        ("use", import.boxed()),
        ("pipeline", pipeline.boxed()),
        ("environment", environment.boxed()),
        ("task", task.boxed()),
        ("runner", runner.boxed()),
        ("role", role.boxed()),
        ("registry", registry.boxed()),
        ("evidence", evidence.boxed()),
        ("let", constant.boxed()),
    ])
}

pub(super) fn pipeline<'t>(parts: &Parts<'t>) -> Table<'t, PipelineClause> {
    let Parts { name, text, refs, .. } = parts;
    let emits = word("emits")
        .ignore_then(name.clone())
        .then(text.clone())
        .map(|(target, file)| PipelineClause::Emits { target, file });
    let change = word("change")
        .ignore_then(name.clone())
        .then(parts.strings.clone())
        .then(parts.because.clone().or_not())
        .map(|((kind, globs), because)| PipelineClause::Change(Change { kind, globs, because }));
    // A branch may be called `branch`: the word is a kind only if a string follows.
    let only = word("branch").to(RefKind::Branch).or(word("tag").to(RefKind::Tag));
    let of_kind = only
        .then(parts.globs.clone())
        .map(|(kind, globs)| PipelineClause::Protect { only: Some(kind), globs });
    let of_both = refs.clone().map(|globs| PipelineClause::Protect { only: None, globs });
    let protect = word("protect").ignore_then(of_kind.or(of_both));
    Table::new([
        ("on", word("on").ignore_then(trigger(parts)).map(PipelineClause::On).boxed()),
        ("protect", protect.boxed()),
        ("targets", word("targets").ignore_then(parts.names.clone()).map(PipelineClause::Targets).boxed()),
        ("emits", emits.boxed()),
        ("budget", word("budget").ignore_then(parts.expression.clone()).map(PipelineClause::Budget).boxed()),
        ("owner", word("owner").ignore_then(parts.qname.clone()).map(PipelineClause::Owner).boxed()),
        ("change", change.boxed()),
        ("stage", stage_clause(parts).map(PipelineClause::Stage).boxed()),
    ])
    .and_defaults(parts, PipelineClause::Default)
}

fn trigger<'t>(parts: &Parts<'t>) -> Rule<'t, Trigger> {
    let refs = &parts.refs;
    let to = word("to").ignore_then(refs.clone()).boxed();
    choice((
        word("push").ignore_then(to.clone()).map(Trigger::Push).boxed(),
        word("pull-request").ignore_then(to).map(Trigger::PullRequest).boxed(),
        word("tag").ignore_then(refs.clone()).map(Trigger::Tag).boxed(),
        word("schedule").ignore_then(parts.text.clone()).map(Trigger::Schedule).boxed(),
        word("manual").ignore_then(parts.block.clone().or_not()).map(|_| Trigger::Manual(Vec::new())).boxed(),
        word("merge-queue").map(|_| Trigger::MergeQueue).boxed(),
    ))
    .labelled(Expected::Thing("an event"))
    .boxed()
}

pub(super) fn inputs<'t>(parts: &Parts<'t>) -> Table<'t, Input> {
    let input = word("input")
        .ignore_then(parts.name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(parts.ty.clone())
        .then(sign(Punctuation::Equals).ignore_then(parts.expression.clone()).or_not())
        .map(|((name, ty), default)| Input { name, ty, default });
    Table::new([("input", input.boxed())])
}

fn stage_clause<'t>(parts: &Parts<'t>) -> Rule<'t, Stage> {
    word("stage")
        .ignore_then(parts.name.clone())
        .then(word("after").ignore_then(parts.names.clone()).or_not())
        .then(word("when").ignore_then(parts.condition.clone()).or_not())
        .then_ignore(parts.block.clone())
        .map(|((name, after), when)| Stage { name, after, when, clauses: Vec::new() })
        .boxed()
}

/// The work of a node: `{ … }`, `= call`, or both.
fn work<'t>(parts: &Parts<'t>) -> Rule<'t, Work> {
    let body = parts.block.clone().map(|span| Body { clauses: Vec::new(), span });
    let called = sign(Punctuation::Equals)
        .ignore_then(parts.call.clone())
        .then(body.clone().or_not())
        .map_with(|(call, body), e| Work { call: Some(call), body, span: e.span().0 });
    let own = body.map_with(|body, e| Work { call: None, body: Some(body), span: e.span().0 });
    called.or(own).boxed()
}

pub(super) fn stage<'t>(parts: &Parts<'t>) -> Table<'t, StageClause> {
    let Parts { name, names, qname, .. } = parts;
    let work = work(parts);
    let gate = word("gate")
        .ignore_then(name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(qname.clone())
        .then(word("of").ignore_then(names.clone()).or_not())
        .then(work.clone())
        .map(|(((name, evidence), of), work)| StageClause::Gate {
            name,
            evidence,
            of: of.unwrap_or_default(),
            work,
        });
    let deploy = word("deploy")
        .ignore_then(names.clone())
        .then_ignore(word("to"))
        .then(qname.clone())
        .then(work.clone())
        .map(|((artefacts, environment), work)| StageClause::Deploy { artefacts, environment, work });
    let job = word("job")
        .ignore_then(name.clone())
        .then(work.clone())
        .map(|(name, work)| StageClause::Job { name, work });
    Table::new([
        ("budget", word("budget").ignore_then(parts.expression.clone()).map(StageClause::Budget).boxed()),
        ("gate", gate.boxed()),
        ("artefact", artefact(parts, &work, "artefact", false)),
        ("artifact", artefact(parts, &work, "artifact", true)),
        ("deploy", deploy.boxed()),
        ("job", job.boxed()),
    ])
    .and_defaults(parts, StageClause::Default)
}

fn artefact<'t>(
    parts: &Parts<'t>,
    work: &Rule<'t, Work>,
    keyword: &'static str,
    spelt_with_i: bool,
) -> Rule<'t, StageClause> {
    word(keyword)
        .ignore_then(parts.name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(parts.name.clone())
        .then(work.clone())
        .map(move |((name, ty), work)| StageClause::Artefact { name, ty, spelt_with_i, work })
        .boxed()
}

/// An action: `run "…"`, `= call` or `{ … }`.
pub(super) fn action<'t>(parts: &Parts<'t>) -> Rule<'t, Action> {
    choice((
        word("run").ignore_then(parts.script.clone()).map(Action::Run),
        sign(Punctuation::Equals).ignore_then(parts.call.clone()).map(Action::Call),
        parts.block.clone().map(|span| Action::Body(Body { clauses: Vec::new(), span })),
    ))
    .boxed()
}

pub(super) fn secret<'t>(parts: &Parts<'t>) -> Rule<'t, Secret> {
    word("secret")
        .ignore_then(parts.variable.clone())
        .then(word("file").or_not())
        .map(|(variable, file)| Secret { variable, file: file.is_some() })
        .boxed()
}

pub(super) fn identity<'t>(parts: &Parts<'t>) -> Rule<'t, Identity> {
    word("identity")
        .ignore_then(parts.name.clone())
        .then(parts.text.clone())
        .map(|(provider, role)| Identity { provider, role })
        .boxed()
}

pub(super) fn environment<'t>(parts: &Parts<'t>) -> Table<'t, EnvironmentClause> {
    let Parts { name, names, qname, string, .. } = parts;
    let tier = word("tier")
        .ignore_then(name.clone())
        .then(word("per").then(word("pull-request")).or_not())
        .map(|(tier, per)| EnvironmentClause::Tier { tier, per_pull_request: per.is_some() });
    let open = word("open").ignore_then(word("to")).ignore_then(name.clone()).map(EnvironmentClause::OpenTo);
    let approval = word("approval")
        .ignore_then(word("by"))
        .ignore_then(qname.clone())
        .then(word("min").ignore_then(parts.integer.clone()).or_not())
        .then(word("not").then(word("author")).or_not())
        .map(|((role, min), not)| EnvironmentClause::Approval { role, min, not_author: not.is_some() });
    let value = word("value")
        .ignore_then(parts.variable.clone())
        .then_ignore(sign(Punctuation::Equals))
        .then(parts.expression.clone())
        .map(|(variable, value)| EnvironmentClause::Value { variable, value });
    let window = word("window")
        .ignore_then(name.clone())
        .then(sign(Punctuation::Range).ignore_then(name.clone()).or_not())
        .then(parts.time.clone())
        .then_ignore(sign(Punctuation::Range))
        .then(parts.time.clone())
        .then(parts.text.clone())
        .map(|((((from_day, to_day), from), to), zone)| EnvironmentClause::Window {
            from_day,
            to_day,
            from,
            to,
            zone,
        });
    let keyword = |text: &'static str| word(text);
    Table::new([
        ("tier", tier.boxed()),
        ("after", keyword("after").ignore_then(qname.clone()).map(EnvironmentClause::After).boxed()),
        ("from", keyword("from").ignore_then(names.clone()).map(EnvironmentClause::From).boxed()),
        ("open", open.boxed()),
        ("url", keyword("url").ignore_then(string.clone()).map(EnvironmentClause::Url).boxed()),
        (
            "requires",
            keyword("requires").ignore_then(parts.qnames.clone()).map(EnvironmentClause::Requires).boxed(),
        ),
        ("approval", approval.boxed()),
        ("secret", secret(parts).map(EnvironmentClause::Secret).boxed()),
        ("identity", identity(parts).map(EnvironmentClause::Identity).boxed()),
        ("value", value.boxed()),
        ("window", window.boxed()),
        ("lock", keyword("lock").ignore_then(name.clone()).map(EnvironmentClause::Lock).boxed()),
        ("ttl", keyword("ttl").ignore_then(parts.duration.clone()).map(EnvironmentClause::Ttl).boxed()),
        ("teardown", keyword("teardown").ignore_then(action(parts)).map(EnvironmentClause::Teardown).boxed()),
    ])
}

pub(super) fn runner<'t>(parts: &Parts<'t>) -> Table<'t, RunnerClause> {
    let Parts { name, integer, .. } = parts;
    let label = word("label")
        .ignore_then(name.clone())
        .then(parts.text.clone())
        .map(|(target, label)| RunnerClause::Label { target, label });
    Table::new([
        ("image", word("image").ignore_then(parts.expression.clone()).map(RunnerClause::Image).boxed()),
        ("host", word("host").ignore_then(name.clone()).map(RunnerClause::Host).boxed()),
        ("with", word("with").ignore_then(name.clone()).map(RunnerClause::With).boxed()),
        ("label", label.boxed()),
        ("cpu", word("cpu").ignore_then(integer.clone()).map(RunnerClause::Cpu).boxed()),
        ("memory", word("memory").ignore_then(parts.size.clone()).map(RunnerClause::Memory).boxed()),
        ("gpu", word("gpu").ignore_then(integer.clone()).map(RunnerClause::Gpu).boxed()),
    ])
}

pub(super) fn role<'t>(parts: &Parts<'t>) -> Table<'t, RoleMember> {
    let kind = take! { Lexeme::Word(kind @ ("team" | "group" | "user")) => kind }
        .labelled(Expected::Thing("`team`, `group` or `user`"))
        .map_with(|kind: &str, e| Spanned::new(kind.to_owned(), e.span().0));
    let member = parts
        .name
        .clone()
        .then(kind)
        .then(parts.text.clone())
        .map(|((target, kind), member)| RoleMember { target, kind, member });
    Table::new([]).or_else(member.boxed())
}

pub(super) fn registry<'t>(parts: &Parts<'t>) -> Table<'t, RegistryClause> {
    let variable = &parts.variable;
    Table::new([
        ("user", word("user").ignore_then(variable.clone()).map(RegistryClause::User).boxed()),
        ("password", word("password").ignore_then(variable.clone()).map(RegistryClause::Password).boxed()),
    ])
}

/// `env NAME = expr`
pub(super) fn variable_clause<'t>(
    parts: &Parts<'t>,
) -> Rule<'t, (crate::ast::Variable, crate::ast::Expression)> {
    word("env")
        .ignore_then(parts.variable.clone())
        .then_ignore(sign(Punctuation::Equals))
        .then(parts.expression.clone())
        .boxed()
}

/// A default clause that takes a variable and its value.
pub(super) fn env<'t>(parts: &Parts<'t>) -> Rule<'t, DefaultClause> {
    variable_clause(parts).map(|(variable, value)| DefaultClause::Env { variable, value }).boxed()
}
