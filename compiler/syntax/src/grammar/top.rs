//! Declarations, and the clauses of blocks that are no bodies.

use chumsky::prelude::*;
use pipec_base::{Span, Spanned};

use super::parts::list;
use super::planned::{FAMILIES, RESUMED, planned, planned_word};
use super::{Parts, Rule, Table, blocks, sign, word};
use crate::ast::{
    Action, Allow, Body, Change, Declaration, DefaultClause, Environment, EnvironmentClause,
    EvidenceDeclaration, Finally, FinallyClause, Forward, Identity, Input, Instance, Let, Name, Pipeline,
    PipelineClause, Planned, PlannedBlock, Platform, PlatformClause, RefKind, Registry, RegistryClause, Role,
    RoleMember, Runner, RunnerClause, Secret, Setting, Stage, StageClause, Task, Trigger, Use, Work,
};
use crate::failure::Expected;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;
use crate::words::Block;

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
    let registry =
        word("registry").ignore_then(parts.whole_text.clone()).then_ignore(block.clone()).map(|prefix| {
            match prefix {
                Some(prefix) => Declaration::Registry(Registry { prefix, clauses: Vec::new() }),
                None => Declaration::Error { name: None },
            }
        });
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

    let setting = word("setting")
        .ignore_then(name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(parts.ty.clone())
        .then_ignore(word("at"))
        .then(parts.whole_text.clone())
        .then(sign(Punctuation::Equals).ignore_then(parts.expression.clone()).or_not())
        .map(|(((name, ty), at), default)| match at {
            Some(at) => Declaration::Setting(Setting { name, ty, at, default }),
            None => Declaration::Error { name: Some(name) },
        });

    let platform = word("platform")
        .ignore_then(name.clone())
        .then_ignore(block.clone())
        .map(|engine| Declaration::Platform(Platform { engine, clauses: Vec::new() }));

    Table::new([
        ("use", import.boxed()),
        ("pipeline", pipeline.boxed()),
        ("environment", environment.boxed()),
        ("task", task.boxed()),
        ("runner", runner.boxed()),
        ("role", role.boxed()),
        ("registry", registry.boxed()),
        ("platform", platform.boxed()),
        ("evidence", evidence.boxed()),
        ("let", constant.boxed()),
        ("setting", setting.boxed()),
    ])
    .and_planned(Block::File, planned_declarations(parts))
}

fn planned_declarations<'t>(parts: &Parts<'t>) -> [(&'static str, Rule<'t, Declaration>); 7] {
    let Parts { name, block, .. } = parts;
    let named = |keyword: &'static str, inside: fn() -> PlannedBlock| {
        let rule = word(keyword)
            .ignore_then(name.clone())
            .then_ignore(block.clone())
            .map(move |name| Declaration::Planned(Planned { name: Some(name), block: inside() }));
        (keyword, rule.boxed())
    };
    let nameless = |block| Declaration::Planned(Planned { name: None, block });
    let records =
        word("records").ignore_then(block.clone()).map(move |_| nameless(PlannedBlock::Records(Vec::new())));
    let repository =
        word("repository").ignore_then(parts.text.clone()).map(move |_| nameless(PlannedBlock::None));
    [
        ("records", records.boxed()),
        ("repository", repository.boxed()),
        named("family", || PlannedBlock::Family(Vec::new())),
        named("dataset", || PlannedBlock::Source(Vec::new())),
        named("model", || PlannedBlock::Source(Vec::new())),
        named("endpoint", || PlannedBlock::Endpoint(Vec::new())),
        named("predictor", || PlannedBlock::Predictor(Vec::new())),
    ]
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
        ("finally", finally(parts).map(PipelineClause::Finally).boxed()),
    ])
    .and_defaults(parts, PipelineClause::Default)
    .and_planned(Block::Pipeline, [("cache", blocks::cache(parts, false).to(PipelineClause::Error).boxed())])
}

fn trigger<'t>(parts: &Parts<'t>) -> Rule<'t, Trigger> {
    let refs = &parts.refs;
    let to = word("to").ignore_then(refs.clone()).boxed();
    let changing = word("changing").ignore_then(parts.strings.clone());
    let changing = planned("changing", FAMILIES, changing).or_not().boxed();
    let promoting = promotes(parts);
    let promotes = planned("promotes", RESUMED, promoting.clone()).or_not().boxed();
    let inputs = parts.block.clone().or_not().boxed();
    choice((
        word("push")
            .ignore_then(to.clone())
            .then(changing)
            .map(|(refs, changing)| or_planned(Trigger::Push(refs), changing.is_some()))
            .boxed(),
        word("pull-request").ignore_then(to).map(Trigger::PullRequest).boxed(),
        word("tag")
            .ignore_then(refs.clone())
            .then(promotes.clone())
            .map(|(refs, promotes)| or_planned(Trigger::Tag(refs), promotes.is_some()))
            .boxed(),
        word("schedule")
            .ignore_then(parts.text.clone())
            .then(promotes.clone())
            .map(|(time, promotes)| or_planned(Trigger::Schedule(time), promotes.is_some()))
            .boxed(),
        word("manual")
            .ignore_then(promotes)
            .then(inputs.clone())
            .map(|(promotes, _)| or_planned(Trigger::Manual(Vec::new()), promotes.is_some()))
            .boxed(),
        word("merge-queue").map(|_| Trigger::MergeQueue).boxed(),
        planned_trigger(parts, promoting, inputs),
    ))
    .labelled(Expected::Thing("an event"))
    .boxed()
}

fn or_planned(trigger: Trigger, is_planned: bool) -> Trigger {
    if is_planned { Trigger::Planned(Vec::new()) } else { trigger }
}

/// `promotes main by ROLE`
fn promotes<'t>(parts: &Parts<'t>) -> Rule<'t, ()> {
    let by = word("by").ignore_then(parts.qname.clone()).or_not();
    word("promotes").ignore_then(parts.refs.clone()).then(by).ignored().boxed()
}

/// The triggers that this version does not have.
fn planned_trigger<'t>(
    parts: &Parts<'t>,
    promotes: Rule<'t, ()>,
    inputs: Rule<'t, Option<Span>>,
) -> Rule<'t, Trigger> {
    let release = word("release").ignore_then(parts.refs.clone()).then(promotes.or_not());
    let dispatch = word("dispatch").ignore_then(parts.text.clone()).then(inputs.clone());
    let call = word("call").ignore_then(inputs);
    let by = word("by").ignore_then(parts.qname.clone()).or_not();
    let rollback = word("rollback").ignore_then(by);
    choice((
        planned_word("on release", "runs of a release", release.ignored()),
        planned_word("on dispatch", "runs that another program starts", dispatch.ignored()),
        planned_word("on call", "runs that another workflow starts", call.ignored()),
        planned_word("on rollback", RESUMED, rollback.ignored()),
    ))
    .map(|()| Trigger::Planned(Vec::new()))
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

/// `finally NAME after STAGE on OUTCOME when CONDITION { … }`
pub(super) fn finally<'t>(parts: &Parts<'t>) -> Rule<'t, Finally> {
    word("finally")
        .ignore_then(parts.name.clone())
        .then(word("after").ignore_then(parts.names.clone()).or_not())
        .then(word("on").ignore_then(parts.names.clone()).or_not())
        .then(word("when").ignore_then(parts.condition.clone()).or_not())
        .then_ignore(parts.block.clone())
        .map(|(((name, after), on), when)| Finally { name, after, on, when, clauses: Vec::new() })
        .boxed()
}

pub(super) fn finally_block<'t>(parts: &Parts<'t>) -> Table<'t, FinallyClause> {
    let job = job(parts).map(|(name, work)| FinallyClause::Job { name, work });
    Table::new([("job", job.boxed())]).and_defaults(parts, FinallyClause::Default)
}

pub(super) fn stage_clause<'t>(parts: &Parts<'t>) -> Rule<'t, Stage> {
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
    let Parts { name, qname, .. } = parts;
    let work = work(parts);
    let gate = word("gate")
        .ignore_then(name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(qname.clone())
        .then(word("of").ignore_then(parts.parts.clone()).or_not())
        .then(work.clone())
        .map(|(((name, evidence), of), work)| StageClause::Gate {
            name,
            evidence,
            of: of.unwrap_or_default(),
            work,
        });
    let deploy = word("deploy")
        .ignore_then(parts.parts.clone())
        .then_ignore(word("to"))
        .then(qname.clone())
        .then(work.clone())
        .map(|((artefacts, environment), work)| StageClause::Deploy { artefacts, environment, work });
    let job = job(parts).map(|(name, work)| StageClause::Job { name, work });
    Table::new([
        ("budget", word("budget").ignore_then(parts.expression.clone()).map(StageClause::Budget).boxed()),
        ("gate", gate.boxed()),
        ("artefact", artefact(parts, &work, "artefact", false)),
        ("artifact", artefact(parts, &work, "artifact", true)),
        ("deploy", deploy.boxed()),
        ("job", job.boxed()),
    ])
    .and_defaults(parts, StageClause::Default)
    .and_planned(
        Block::Stage,
        [("cache", blocks::cache(parts, false).to(StageClause::Error { name: None }).boxed())],
    )
}

/// `job NAME WORK`
pub(super) fn job<'t>(parts: &Parts<'t>) -> Rule<'t, (Name, Work)> {
    word("job").ignore_then(parts.name.clone()).then(work(parts)).boxed()
}

fn artefact<'t>(
    parts: &Parts<'t>,
    work: &Rule<'t, Work>,
    keyword: &'static str,
    spelt_with_i: bool,
) -> Rule<'t, StageClause> {
    let plan_for = word("for").ignore_then(parts.qname.clone());
    word(keyword)
        .ignore_then(parts.name.clone())
        .then_ignore(sign(Punctuation::Colon))
        .then(parts.name.clone())
        .then(planned("for", "plans of infrastructure", plan_for).or_not())
        .then(work.clone())
        .map(move |(((name, ty), plan_for), work)| StageClause::Artefact {
            name,
            ty,
            plan_for,
            spelt_with_i,
            work,
        })
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
        .then(parts.string.clone())
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
    let when =
        word("when").ignore_then(qname.clone()).then_ignore(word("is")).then(name.clone()).ignored().boxed();
    let soak = word("soak").ignore_then(parts.duration.clone());
    let soak = planned("soak", "environments of several regions", soak).or_not();
    let within = word("within").ignore_then(parts.duration.clone());
    let within = planned("within", RESUMED, within).or_not();
    let required = list(qname.clone().then_ignore(within).boxed());
    let approval = word("approval")
        .ignore_then(word("by"))
        .ignore_then(qname.clone())
        .then(word("min").ignore_then(parts.integer.clone()).or_not())
        .then(word("not").then(word("author")).or_not())
        .then(planned("when", "advice from a model", when).or_not())
        .map(|(((role, min), not), when)| match when {
            None => EnvironmentClause::Approval { role, min, not_author: not.is_some() },
            Some(()) => EnvironmentClause::Error,
        });
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
    let after = keyword("after").ignore_then(qname.clone()).then_ignore(soak).map(EnvironmentClause::After);
    Table::new([
        ("tier", tier.boxed()),
        ("after", after.boxed()),
        ("from", keyword("from").ignore_then(names.clone()).map(EnvironmentClause::From).boxed()),
        ("open", open.boxed()),
        ("url", keyword("url").ignore_then(string.clone()).map(EnvironmentClause::Url).boxed()),
        ("requires", keyword("requires").ignore_then(required).map(EnvironmentClause::Requires).boxed()),
        ("approval", approval.boxed()),
        ("secret", secret(parts).map(EnvironmentClause::Secret).boxed()),
        ("identity", identity(parts).map(EnvironmentClause::Identity).boxed()),
        ("value", value.boxed()),
        ("window", window.boxed()),
        ("lock", keyword("lock").ignore_then(name.clone()).map(EnvironmentClause::Lock).boxed()),
        ("forward", forward(parts)),
        ("ttl", keyword("ttl").ignore_then(parts.duration.clone()).map(EnvironmentClause::Ttl).boxed()),
        ("teardown", keyword("teardown").ignore_then(action(parts)).map(EnvironmentClause::Teardown).boxed()),
    ])
    .and_planned(Block::Environment, planned_of_environments(parts))
}

fn forward<'t>(parts: &Parts<'t>) -> Rule<'t, EnvironmentClause> {
    let by = word("by")
        .ignore_then(parts.name.clone())
        .then(word("within").ignore_then(parts.name.clone()).or_not())
        .map(|(order, within)| Forward::By { order, within })
        .boxed();
    let off = word("off").ignore_then(parts.because.clone()).map(|because| Forward::Off { because });
    word("forward").ignore_then(by.or(off)).map(EnvironmentClause::Forward).boxed()
}

fn planned_of_environments<'t>(parts: &Parts<'t>) -> [(&'static str, Rule<'t, EnvironmentClause>); 3] {
    let freeze = word("freeze")
        .ignore_then(parts.date.clone())
        .then_ignore(sign(Punctuation::Range))
        .then(parts.date.clone())
        .then(parts.because.clone())
        .to(EnvironmentClause::Error);
    let inside = word("in").ignore_then(parts.qname.clone()).to(EnvironmentClause::Error);
    let licences = word("licences").ignore_then(parts.strings.clone()).to(EnvironmentClause::Error);
    [("in", inside.boxed()), ("freeze", freeze.boxed()), ("licences", licences.boxed())]
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

pub(super) fn platform<'t>(parts: &Parts<'t>) -> Table<'t, PlatformClause> {
    let name = |keyword: &'static str| word(keyword).ignore_then(parts.name.clone());
    let shared = word("secrets")
        .ignore_then(word("shared"))
        .ignore_then(parts.because.clone())
        .map(|because| PlatformClause::SecretsShared { because });
    Table::new([
        ("plan", name("plan").map(PlatformClause::Plan).boxed()),
        ("visibility", name("visibility").map(PlatformClause::Visibility).boxed()),
        ("secrets", shared.boxed()),
    ])
}

pub(super) fn registry<'t>(parts: &Parts<'t>) -> Table<'t, RegistryClause> {
    let variable = &parts.variable;
    Table::new([
        ("user", word("user").ignore_then(variable.clone()).map(RegistryClause::User).boxed()),
        ("password", word("password").ignore_then(variable.clone()).map(RegistryClause::Password).boxed()),
        ("identity", identity(parts).map(RegistryClause::Identity).boxed()),
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
