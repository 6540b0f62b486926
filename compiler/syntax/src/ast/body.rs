//! Bodies of nodes and tasks.

use super::{
    Call, Clause, DefaultClause, Duration, Expression, Literal, Name, Path, Ref, StringLiteral, Text,
    Variable,
};
use pipec_base::{Span, Spanned};

/// The clauses between braces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The clauses, in source order.
    pub clauses: Vec<Clause<BodyClause>>,
    /// The range with the braces.
    pub span: Span,
}

/// A clause of a body.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyClause {
    /// `env`, `tool`, `runs on`, `in`.
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
        /// The number of additional attempts.
        times: Spanned<u64>,
        /// The reason.
        because: Text,
    },
    /// `secret NAME file for STEP`
    Secret {
        /// The secret.
        secret: Secret,
        /// The steps that see it. `None` means all.
        only: Option<Vec<Name>>,
    },
    /// `identity aws "…" for STEP`
    Identity {
        /// The identity.
        identity: Identity,
        /// The steps that use it. `None` means all.
        only: Option<Vec<Name>>,
    },
    /// `may write releases for STEP`
    MayWrite {
        /// The rights.
        rights: Vec<Name>,
        /// The steps that have them. `None` means all.
        only: Option<Vec<Name>>,
    },
    /// `report junit "path"`
    Report {
        /// The format.
        format: Name,
        /// The path of the report.
        path: StringLiteral,
    },
    /// `keep "logs/**" on failure`
    Keep(Vec<StringLiteral>),
    /// `measure "file.json" { … }`
    Measure {
        /// The report.
        file: StringLiteral,
        /// The expectations.
        rows: Vec<Clause<Expectation>>,
    },
    /// `cache "path" keyed by "Cargo.lock"`
    Cache {
        /// The cached path.
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
        /// The number of repetitions that must pass.
        quorum: Spanned<u64>,
    },
    /// `advisory because "…"`
    Advisory(Text),
    /// `exempt unless changed … because "…"`, `exempt on fork because "…"`
    Exempt {
        /// The condition of the exemption.
        when: Exemption,
        /// The reason.
        because: Text,
    },
    /// `override by ROLE { … }`
    Override {
        /// The role that approves.
        role: Path,
        /// How long an approval holds, and the time until the review.
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
    /// `cleanup ACTION`
    Cleanup(Action),
    /// `irreversible because "…"`
    Irreversible(Text),
    /// `engine github because "…" { … }`
    Engine {
        /// The engine.
        target: Name,
        /// The reason.
        because: Text,
        /// Its steps.
        steps: Vec<Clause<EngineStep>>,
    },
    /// A clause that can't be parsed, or that is only planned.
    Error,
}

/// The files that are checked out before the first step.
#[derive(Clone, Debug, PartialEq)]
pub enum Checkout {
    /// No files.
    None,
    /// The files of the commit, and more.
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
    /// A clause that can't be parsed.
    Error,
}

/// `secret NAME`, `secret NAME file`
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// The name of the secret and of its variable.
    pub variable: Variable,
    /// Whether the variable is the path of a file with the secret.
    pub file: bool,
}

/// `identity aws "arn:…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The provider.
    pub provider: Name,
    /// The role, client or audience at the provider.
    pub role: StringLiteral,
}

/// `expect KEY OP value samples N confidence P`, `expect KEY drop OP value vs ENVIRONMENT`
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The key in the report: a name or a quoted path.
    pub key: Text,
    /// `each "country=de", …`: the slices of the samples.
    pub each: Vec<StringLiteral>,
    /// The comparison.
    pub operator: Spanned<Operator>,
    /// The threshold.
    pub value: Spanned<Literal>,
    /// `samples 400 confidence 95%`: the number and the percentage as written.
    pub samples: Option<(Spanned<u64>, Spanned<String>)>,
    /// `drop … vs production`
    pub versus: Option<Path>,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Operator {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// A clause of a sidecar.
#[derive(Clone, Debug, PartialEq)]
pub enum SidecarClause {
    /// `image "postgres:17"`
    Image(Expression),
    /// `port 5432`, `port 5432 at 15432`
    Port {
        /// The port inside the sidecar.
        port: Spanned<u64>,
        /// The port of the machine that leads to it. `None` means any.
        at: Option<Spanned<u64>>,
    },
    /// `env NAME = expr`
    Env {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `ready run "pg_isready"`
    Ready(Action),
    /// A clause that can't be parsed.
    Error,
}

/// A clause of a matrix.
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
        /// The clauses of this leg.
        clauses: Vec<Clause<DefaultClause>>,
    },
    /// A clause that can't be parsed.
    Error,
}

/// The condition of an exemption.
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
    /// A clause that can't be parsed.
    Error,
}

/// `step 5% soak 10m`
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyStep {
    /// The weight, as written: `5%`, `2.5%`.
    pub weight: Spanned<String>,
    /// The time at this weight.
    pub soak: Option<Spanned<Duration>>,
}

/// An action: `run "…"`, `= call(…)` or `{ … }`.
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
        /// The name for access to the outputs of the action.
        name: Option<Name>,
        /// The action.
        action: Text,
        /// The inputs. A key is a name, a variable or a string.
        inputs: Vec<(Text, Expression)>,
    },
    /// A clause that can't be parsed.
    Error,
}
