//! The typed tree of a `.pipe` file, as written: names unresolved, nothing expanded. Every part knows its span; a part
//! that could not be read is an `Error` variant that silences what would follow from it.

use pipec_base::{Span, Spanned};

/// A kebab-case name, as written.
pub type Name = Spanned<String>;
/// The name of a script's variable.
pub type Variable = Spanned<String>;
/// The value of a plain (verbatim) string, its escapes replaced.
pub type Text = Spanned<String>;

/// `rust.test`, `staging.KUBECONFIG`: one segment or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Its segments, never empty for a path that was written.
    pub segments: Vec<Name>,
    /// All of it.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its declarations, in source order; broken ones are [`Declaration::Error`].
    pub items: Vec<Item>,
}

/// `allow P0905 because "…" until 2027-01-31`, before a declaration or a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Allow {
    /// The code, as written.
    pub code: Spanned<String>,
    /// The reason.
    pub because: Text,
    /// The day it ends.
    pub until: Option<Spanned<Date>>,
    /// All of it.
    pub span: Span,
}

/// A part with what may stand before any: documentation (`///`) and `allow`s.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause<T> {
    /// The lines of its documentation, without `///` and one space.
    pub docs: Vec<String>,
    /// The findings suppressed in it.
    pub allows: Vec<Allow>,
    /// What it says.
    pub kind: T,
    /// From its keyword to its last token; documentation and `allow`s apart.
    pub span: Span,
}

/// A declaration with its documentation.
pub type Item = Clause<Declaration>;

/// What stands at the top of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    /// `use std.rust`, `use "./shared.pipe" as shared`
    Use(Use),
    /// `pipeline NAME(params) { … }`
    Pipeline(Pipeline),
    /// `pipeline api = service(dir: "…")`
    PipelineInstance(Instance),
    /// `task NAME(params) -> TYPE { … }`
    Task(Task),
    /// `environment NAME(params) { … }`
    Environment(Environment),
    /// `environment acme = tenant(name: "…")`
    EnvironmentInstance(Instance),
    /// `runner NAME { … }`
    Runner(Runner),
    /// `role NAME { … }`
    Role(Role),
    /// `registry "ghcr.io/acme" { … }`
    Registry(Registry),
    /// `evidence NAME of commit|artefact`
    Evidence(EvidenceDeclaration),
    /// `let NAME = expr`
    Let(Let),
    /// Could not be read; `name` where it was plain what it declares.
    Error {
        /// The name it would have declared.
        name: Option<Name>,
    },
}

/// A module taken into the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Use {
    /// `use std.rust`; the last segment becomes the name.
    Standard(Path),
    /// `use "./shared.pipe" as shared`
    File {
        /// The path as written.
        path: Text,
        /// The name it gets.
        name: Name,
    },
}

/// `NAME = call(…)` of a parametrised pipeline or environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The new name.
    pub name: Name,
    /// The call.
    pub call: Call,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value where the call gives none.
    pub default: Option<Expression>,
    /// All of it.
    pub span: Span,
}

/// A type, as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `string`, `list<int>`
    Named {
        /// The type's name.
        name: Name,
        /// The element type of a list.
        argument: Option<Box<Type>>,
    },
    /// `"low" | "high"`
    OneOf(Vec<Text>),
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Its name.
    pub name: Name,
    /// Its parameters; `None` where none were written.
    pub parameters: Option<Vec<Parameter>>,
    /// Its clauses.
    pub clauses: Vec<Clause<PipelineClause>>,
}

/// What stands in a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum PipelineClause {
    /// `on push to main`
    On(Trigger),
    /// `protect main, "release/*"`
    Protect(Vec<Ref>),
    /// `targets github, gitlab`
    Targets(Vec<Name>),
    /// `emits github "release.yml"`
    Emits {
        /// The engine.
        target: Name,
        /// The file's name.
        file: Text,
    },
    /// `budget 45m`
    Budget(Expression),
    /// `owner ROLE`
    Owner(Path),
    /// `change schema "migrations/**"`
    Change(Change),
    /// `env`, `tool`, `runs on`, `in`
    Default(DefaultClause),
    /// `stage NAME { … }`
    Stage(Stage),
    /// Could not be read.
    Error,
}

/// `change KIND GLOB, … because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The kind of change.
    pub kind: Name,
    /// What paths it claims.
    pub globs: Vec<StringLiteral>,
    /// Why.
    pub because: Option<Text>,
}

/// A way into a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `push to main, "release/*"`
    Push(Vec<Ref>),
    /// `pull-request to main`
    PullRequest(Vec<Ref>),
    /// `tag "v*"`
    Tag(Vec<Ref>),
    /// `schedule "0 3 * * 1-5"`
    Schedule(Text),
    /// `manual { input NAME: type = default }`
    Manual(Vec<Clause<Input>>),
    /// `merge-queue`
    MergeQueue,
}

/// An input of a manual run.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value where the person gives none.
    pub default: Option<Expression>,
}

/// A name or a string where a glob, a branch or a change kind is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ref {
    /// The name, or the string's text if nothing is interpolated in it.
    pub text: String,
    /// The string, if it was written as one.
    pub string: Option<StringLiteral>,
    /// Where.
    pub span: Span,
}

/// A default for all bodies below it, or the same clause in a body.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultClause {
    /// `env NAME = expr`
    Env {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `tool node from ".nvmrc"`, `tool terraform "1.7.4"`
    Tool {
        /// The tool.
        name: Name,
        /// Whether `version` is the file that holds the version.
        from_file: bool,
        /// The version, or the file.
        version: Text,
    },
    /// `runs on RUNNER`
    RunsOn(Path),
    /// `in "dir"`
    In(StringLiteral),
}

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: Name,
    /// The stages it follows; `None`: every stage above.
    pub after: Option<Vec<Name>>,
    /// When it is in a run; `None`: always.
    pub when: Option<Condition>,
    /// Its clauses.
    pub clauses: Vec<Clause<StageClause>>,
}

/// What stands in a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum StageClause {
    /// `env`, `tool`, `runs on`, `in`
    Default(DefaultClause),
    /// `budget 20m`
    Budget(Expression),
    /// `gate NAME: EVIDENCE of ARTEFACT`
    Gate {
        /// Its name.
        name: Name,
        /// The kind of evidence it yields.
        evidence: Path,
        /// The artefacts it judges; empty: the commit.
        of: Vec<Name>,
        /// What it does.
        work: Work,
    },
    /// `artefact NAME: TYPE`
    Artefact {
        /// Its name.
        name: Name,
        /// Its type.
        ty: Name,
        /// Whether `artifact` was written.
        spelt_with_i: bool,
        /// What it does.
        work: Work,
    },
    /// `deploy ARTEFACT, … to ENVIRONMENT`
    Deploy {
        /// The set.
        artefacts: Vec<Name>,
        /// Where to.
        environment: Path,
        /// What it does.
        work: Work,
    },
    /// `job NAME`
    Job {
        /// Its name.
        name: Name,
        /// What it does.
        work: Work,
    },
    /// Could not be read; `name` where it was plain what it declares.
    Error {
        /// The name it would have declared.
        name: Option<Name>,
    },
}

/// What a node does: `{ … }`, `= call`, or `= call { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The task it calls.
    pub call: Option<Call>,
    /// Its own clauses; `None` where only a call was written.
    pub body: Option<Body>,
    /// All of it.
    pub span: Span,
}

/// The clauses between braces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// In source order.
    pub clauses: Vec<Clause<BodyClause>>,
    /// Braces included.
    pub span: Span,
}

/// What stands in a body.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyClause {
    /// `env`, `tool`, `runs on`, `in`
    Default(DefaultClause),
    /// `run NAME "script"`
    Run {
        /// The step's name.
        name: Option<Name>,
        /// The script.
        script: StringLiteral,
    },
    /// `check NAME "script"`
    Check {
        /// The check's name.
        name: Name,
        /// The script.
        script: StringLiteral,
    },
    /// `uses app, bom`
    Uses(Vec<Name>),
    /// `path "glob", …`
    Path(Vec<StringLiteral>),
    /// `checkout none`, `checkout { … }`
    Checkout(Checkout),
    /// `name "ghcr.io/acme/web"`
    ImageName(StringLiteral),
    /// `timeout 20m`
    Timeout(Expression),
    /// `retry 1 because "…"`
    Retry {
        /// How often more.
        times: Spanned<u64>,
        /// Why.
        because: Text,
    },
    /// `secret NAME file`
    Secret(Secret),
    /// `identity aws "…"`
    Identity(Identity),
    /// `may write releases`
    MayWrite(Vec<Name>),
    /// `report junit "path"`
    Report {
        /// The format.
        format: Name,
        /// Where it is.
        path: StringLiteral,
    },
    /// `keep "logs/**" on failure`
    Keep(Vec<StringLiteral>),
    /// `measure "file.json" { … }`
    Measure {
        /// The report.
        file: StringLiteral,
        /// What is expected.
        rows: Vec<Clause<Expectation>>,
    },
    /// `cache "path" keyed by "Cargo.lock"`
    Cache {
        /// What is kept.
        path: StringLiteral,
        /// The file whose content is the key.
        key: StringLiteral,
    },
    /// `sidecar postgres { … }`
    Sidecar {
        /// Its name.
        name: Name,
        /// Its clauses.
        clauses: Vec<Clause<SidecarClause>>,
    },
    /// `matrix { … }`
    Matrix(Vec<Clause<MatrixClause>>),
    /// `shard N`
    Shard(Expression),
    /// `repeat N quorum M`
    Repeat {
        /// How often it runs.
        times: Spanned<u64>,
        /// How many must pass.
        quorum: Spanned<u64>,
    },
    /// `advisory because "…"`
    Advisory(Text),
    /// `exempt unless changed … because "…"`, `exempt on fork because "…"`
    Exempt {
        /// When.
        when: Exemption,
        /// Why.
        because: Text,
    },
    /// `override by ROLE { … }`
    Override {
        /// Who approves.
        role: Path,
        /// Until when, by when reviewed.
        clauses: Vec<Clause<OverrideClause>>,
    },
    /// `strategy canary { step 5% soak 10m }`
    Strategy {
        /// Its kind.
        kind: Name,
        /// Its steps.
        steps: Vec<Clause<StrategyStep>>,
    },
    /// `shift ACTION`
    Shift(Action),
    /// `verify ACTION`
    Verify(Action),
    /// `rollback ACTION`
    Rollback(Action),
    /// `irreversible because "…"`
    Irreversible(Text),
    /// `engine github because "…" { … }`
    Engine {
        /// The engine.
        target: Name,
        /// Why.
        because: Text,
        /// Its steps.
        steps: Vec<Clause<EngineStep>>,
    },
    /// Could not be read.
    Error,
}

/// What is checked out before a body's first step.
#[derive(Clone, Debug, PartialEq)]
pub enum Checkout {
    /// Nothing.
    None,
    /// More than the commit's own files.
    With(Vec<Clause<CheckoutClause>>),
}

/// `history full`, `submodules`, `lfs`
#[derive(Clone, Debug, PartialEq)]
pub enum CheckoutClause {
    /// `history full`
    History(Name),
    /// `submodules`
    Submodules,
    /// `lfs`
    Lfs,
    /// Could not be read.
    Error,
}

/// `secret NAME`, `secret NAME file`
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// Its name, and its variable's.
    pub variable: Variable,
    /// Whether the variable is the path of a file.
    pub file: bool,
}

/// `identity aws "arn:…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Who grants it.
    pub provider: Name,
    /// What is assumed there.
    pub role: Text,
}

/// `expect KEY OP value samples N confidence P`, `expect KEY drop OP value vs ENVIRONMENT`
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The key in the report: a name or a quoted path.
    pub key: Text,
    /// The comparison.
    pub operator: Spanned<Operator>,
    /// The threshold.
    pub value: Spanned<Literal>,
    /// `samples 400 confidence 95%`: the number and the percentage as written.
    pub samples: Option<(Spanned<u64>, Spanned<String>)>,
    /// `drop … vs production`
    pub versus: Option<Path>,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Operator {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// What stands in a sidecar.
#[derive(Clone, Debug, PartialEq)]
pub enum SidecarClause {
    /// `image "postgres:17"`
    Image(Expression),
    /// `port 5432`
    Port(Spanned<u64>),
    /// `env NAME = expr`
    Env {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `ready run "pg_isready"`
    Ready(Action),
    /// Could not be read.
    Error,
}

/// What stands in a matrix.
#[derive(Clone, Debug, PartialEq)]
pub enum MatrixClause {
    /// `python "3.11", "3.12"`
    Axis {
        /// Its name.
        name: Name,
        /// Its values.
        values: Vec<Spanned<Literal>>,
    },
    /// `linux { runs on … }`
    Leg {
        /// Its name.
        name: Name,
        /// What is its own.
        clauses: Vec<Clause<DefaultClause>>,
    },
    /// Could not be read.
    Error,
}

/// When a gate is exempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Exemption {
    /// `unless changed schema, "db/**"`
    UnlessChanged(Vec<Ref>),
    /// `on fork`
    OnFork,
}

/// `expires 24h`, `review within 3d`
#[derive(Clone, Debug, PartialEq)]
pub enum OverrideClause {
    /// `expires 24h`
    Expires(Spanned<Duration>),
    /// `review within 3d`
    ReviewWithin(Spanned<Duration>),
    /// Could not be read.
    Error,
}

/// `step 5% soak 10m`
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyStep {
    /// The weight, as written: `5%`, `2.5%`.
    pub weight: Spanned<String>,
    /// How long it stays there.
    pub soak: Option<Spanned<Duration>>,
}

/// `run "…"`, `= call(…)`, `{ … }`
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `run "…"`
    Run(StringLiteral),
    /// `= call(…)`
    Call(Call),
    /// `{ … }`
    Body(Body),
}

/// A raw step for one engine.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineStep {
    /// `run NAME "script"`
    Run {
        /// The step's name.
        name: Option<Name>,
        /// The script.
        script: StringLiteral,
    },
    /// `env NAME = expr`
    Env {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `NAME = action "owner/repo@v1"(key: expr)`
    Action {
        /// The name its outputs get.
        name: Option<Name>,
        /// The action.
        action: Text,
        /// Its inputs; a key is a name, a variable or a string.
        inputs: Vec<(Text, Expression)>,
    },
    /// Could not be read.
    Error,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it yields: an evidence kind, an artefact type or `deploy`.
    pub yields: Name,
    /// What it does.
    pub body: Body,
}

/// An environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// Its parameters; `None` where none were written.
    pub parameters: Option<Vec<Parameter>>,
    /// Its clauses.
    pub clauses: Vec<Clause<EnvironmentClause>>,
}

/// What stands in an environment.
#[derive(Clone, Debug, PartialEq)]
pub enum EnvironmentClause {
    /// `tier ephemeral per pull-request`
    Tier {
        /// The tier.
        tier: Name,
        /// Whether `per pull-request` was written.
        per_pull_request: bool,
    },
    /// `after staging`
    After(Path),
    /// `from api, web`
    From(Vec<Name>),
    /// `open to members`
    OpenTo(Name),
    /// `url "https://…"`
    Url(StringLiteral),
    /// `requires test, lint`
    Requires(Vec<Path>),
    /// `approval by release-managers min 2 not author`
    Approval {
        /// Who approves.
        role: Path,
        /// How many.
        min: Option<Spanned<u64>>,
        /// Whether the author may not.
        not_author: bool,
    },
    /// `secret NAME`
    Secret(Secret),
    /// `identity aws "…"`
    Identity(Identity),
    /// `value NAME = expr`
    Value {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `window mon..thu 08:00..16:00 "Europe/London"`
    Window {
        /// The first day.
        from_day: Name,
        /// The last day, where it is another.
        to_day: Option<Name>,
        /// From when.
        from: Spanned<Time>,
        /// Until when.
        to: Spanned<Time>,
        /// The time zone's name.
        zone: Text,
    },
    /// `lock queue`
    Lock(Name),
    /// `ttl 48h`
    Ttl(Spanned<Duration>),
    /// `teardown run "…"`
    Teardown(Action),
    /// Could not be read.
    Error,
}

/// A runner.
#[derive(Clone, Debug, PartialEq)]
pub struct Runner {
    /// Its name.
    pub name: Name,
    /// Its clauses.
    pub clauses: Vec<Clause<RunnerClause>>,
}

/// What stands in a runner.
#[derive(Clone, Debug, PartialEq)]
pub enum RunnerClause {
    /// `image "debian:bookworm"`
    Image(Expression),
    /// `host linux-x64`
    Host(Name),
    /// `with docker`
    With(Name),
    /// `label github "gpu-a10"`
    Label {
        /// The engine.
        target: Name,
        /// The label there.
        label: Text,
    },
    /// `cpu 4`
    Cpu(Spanned<u64>),
    /// `memory 8GiB`, in bytes
    Memory(Spanned<u64>),
    /// `gpu 1`
    Gpu(Spanned<u64>),
    /// Could not be read.
    Error,
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: Name,
    /// Who it is, per engine.
    pub members: Vec<Clause<RoleMember>>,
}

/// `github team "acme/release-managers"`
#[derive(Clone, Debug, PartialEq)]
pub struct RoleMember {
    /// The engine.
    pub target: Name,
    /// `team`, `group` or `user`.
    pub kind: Name,
    /// Its name there.
    pub member: Text,
}

/// `registry "ghcr.io/acme" { user X password Y }`
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// The prefix.
    pub prefix: Text,
    /// Its clauses.
    pub clauses: Vec<Clause<RegistryClause>>,
}

/// What stands in a registry.
#[derive(Clone, Debug, PartialEq)]
pub enum RegistryClause {
    /// `user X`: the secret that holds the user's name.
    User(Variable),
    /// `password Y`: the secret that holds the password.
    Password(Variable),
    /// Could not be read.
    Error,
}

/// `evidence NAME of commit|artefact`
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceDeclaration {
    /// Its name.
    pub name: Name,
    /// Whether it is of an artefact; else of the commit.
    pub of_artefact: bool,
}

/// `let NAME = expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expression,
}

/// When a stage is in a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `A or B`
    Or(Vec<Condition>),
    /// `A and B`
    And(Vec<Condition>),
    /// `not A`
    Not(Box<Condition>, Span),
    /// `event is push`
    Event(Name),
    /// `branch is main`
    Branch(Ref),
    /// `tag is "v*"`
    Tag(Ref),
    /// `changed schema, "db/**"`
    Changed(Vec<Ref>, Span),
    /// `input NAME is value`
    Input {
        /// The input.
        name: Name,
        /// The value.
        value: Spanned<Literal>,
    },
    /// `fork`
    Fork(Span),
    /// Could not be read.
    Error(Span),
}

impl Condition {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Condition::Or(parts) | Condition::And(parts) => {
                let first = parts.first().map(Condition::span).unwrap_or_default();
                parts.iter().fold(first, |whole, part| whole.to(part.span()))
            }
            Condition::Event(name) => name.span,
            Condition::Branch(glob) | Condition::Tag(glob) => glob.span,
            Condition::Input { name, value } => name.span.to(value.span),
            Condition::Not(_, span)
            | Condition::Changed(_, span)
            | Condition::Fork(span)
            | Condition::Error(span) => *span,
        }
    }
}

/// `rust.test(coverage: 80%)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called.
    pub function: Path,
    /// Its arguments, by name.
    pub arguments: Vec<(Name, Expression)>,
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A literal other than a string.
    Literal(Spanned<Literal>),
    /// A string in any of its three forms.
    String(StringLiteral),
    /// `staging.url`
    Path(Path),
    /// `f(…)`
    Call(Call),
    /// `[a, b]`
    List(Vec<Expression>, Span),
    /// Could not be read.
    Error(Span),
}

impl Expression {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Expression::Literal(literal) => literal.span,
            Expression::String(string) => string.span,
            Expression::Path(path) => path.span,
            Expression::Call(call) => call.span,
            Expression::List(_, span) | Expression::Error(span) => *span,
        }
    }
}

/// A string: `"…"` and `"""…"""` have one verbatim piece (or none), `$"…"` any number.
#[derive(Clone, Debug, PartialEq)]
pub struct StringLiteral {
    /// How it was written.
    pub form: StringForm,
    /// Its pieces.
    pub pieces: Vec<StringPiece>,
    /// Quotes included.
    pub span: Span,
}

impl StringLiteral {
    /// Its value, if nothing is interpolated.
    pub fn verbatim(&self) -> Option<String> {
        self.pieces
            .iter()
            .map(|piece| match piece {
                StringPiece::Verbatim(text) => Some(text.as_str()),
                StringPiece::Interpolated(_) => None,
            })
            .collect()
    }
}

/// How a string was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringForm {
    /// `"…"`
    Plain,
    /// `"""…"""`
    Raw,
    /// `$"…"`
    Interpolated,
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq)]
pub enum StringPiece {
    /// Text, escapes replaced.
    Verbatim(String),
    /// `{expr}`
    Interpolated(Expression),
}

/// A literal, strings included where the grammar asks for any literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `42`
    Integer(u64),
    /// `0.82`, as written: decimals are exact
    Decimal(String),
    /// `10m`
    Duration(Duration),
    /// `80%`, without the sign
    Percent(String),
    /// `2GiB`, in bytes
    Size(u64),
    /// `08:00`
    Time(Time),
    /// `2027-01-31`
    Date(Date),
    /// `true`
    Boolean(bool),
    /// `"…"`
    String(String),
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    /// How many.
    pub milliseconds: u64,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// 0 to 24.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// A day of the Gregorian calendar; ordered as days follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}
