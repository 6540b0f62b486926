//! Bodies: what nodes do.

use super::{
    Call, Clause, DefaultClause, Duration, Expression, Literal, Name, Path, Ref, StringLiteral, Text,
    Variable,
};
use pipec_base::{Span, Spanned};

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
    /// `port 5432`, `port 5432 at 15432`
    Port {
        /// Its own port.
        port: Spanned<u64>,
        /// The port of the machine that leads there; `None`: any.
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
