//! The work of a node: everything in its body.
//!
//! A body has scripts, variables, tools, a runner, reports and more. For example, `gate unit: test { timeout 10m  run
//! "make test" }` gives a body with one step of the kind `Run` and a timeout of 600,000 milliseconds.

use crate::{Identity, InputForm, Keep, Origin, Provider, Report, Text};
use std::collections::BTreeMap;

/// The work of a node. Contains its clauses and the defaults of its pipeline and stage. Durations are in milliseconds,
/// sizes in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Where it was written.
    pub origin: Origin,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The variables of its scripts, each name once. Those of artefacts, secrets and values are not listed here.
    pub env: Vec<Binding>,
    /// The artefacts that the node has, by name, in source order. They come from `uses` and `of`, or are a deploy's
    /// own.
    pub uses: Vec<(String, Origin)>,
    /// The artefact that a task calls `subject`. Its variables also exist as `SUBJECT_*`.
    pub subject: Option<String>,
    /// The environments whose url or values the node reads without deploying to them.
    pub reads: Vec<(String, Origin)>,
    /// Where it runs.
    pub runner: Runner,
    /// The working directory, relative to the checkout.
    pub directory: Option<(String, Origin)>,
    /// The tools, in source order.
    pub tools: Vec<Tool>,
    /// The files that are checked out.
    pub checkout: Checkout,
    /// The timeout, in milliseconds.
    pub timeout: u64,
    /// How often a job or artefact is tried again after a failure.
    pub retry: Option<Retry>,
    /// The node's own secrets, never an environment's.
    pub secrets: Vec<Secret>,
    /// The node's own identities, never an environment's.
    pub identities: Vec<Identity>,
    /// `may write …`.
    pub rights: Vec<(Right, Origin)>,
    /// `… for STEP`: what only some of its steps hold, each thing once.
    pub narrowed: Vec<Narrowed>,
    /// `report …`.
    pub reports: Vec<Report>,
    /// `keep … on failure`.
    pub keeps: Vec<Keep>,
    /// `measure …`.
    pub measures: Vec<Measure>,
    /// `cache …`.
    pub caches: Vec<Cache>,
    /// `sidecar …`.
    pub sidecars: Vec<Sidecar>,
    /// `matrix …`.
    pub matrix: Option<Matrix>,
    /// `shard N`.
    pub shards: Option<(u64, Origin)>,
    /// `engine …`.
    pub engines: Vec<EngineBlock>,
    /// `cleanup …`: runs last, whatever became of the scripts.
    pub cleanup: Option<Action>,
}

/// A script, and how it affects the result of its node.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The shell script. Engines receive it byte for byte.
    pub script: String,
    /// How it affects the result of its node.
    pub kind: StepKind,
    /// Where the script was written.
    pub origin: Origin,
}

/// How a script affects the result of its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The first failure ends the node.
    Run,
    /// All checks run, and the node fails if any of them fails.
    Check,
}

/// `env NAME = expr`.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The variable.
    pub variable: String,
    /// Its value.
    pub value: Text,
    /// Where it was written.
    pub origin: Origin,
}

/// The files that are checked out before the first step.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Checkout {
    /// The files of the commit.
    #[default]
    Commit,
    /// No files.
    None,
    /// The files of the commit, and more.
    With {
        /// Whether the history is complete.
        full_history: bool,
        /// Whether submodules are included, recursively.
        submodules: bool,
        /// Whether the contents of Git LFS are included.
        lfs: bool,
    },
}

/// `retry 1 because "…"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// The number of additional attempts.
    pub times: u64,
    /// The reason.
    pub because: String,
    /// Where it was written.
    pub origin: Origin,
}

/// `secret NAME` or `secret NAME file`.
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// The name of the secret and of its variable.
    pub variable: String,
    /// Whether the variable is the path of a file with the secret.
    pub file: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// A right that no other clause implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Right {
    Releases,
    Pages,
    Packages,
    Checks,
    Issues,
    PullRequests,
    Discussions,
    Statuses,
    Attestations,
    SecurityEvents,
}

impl Right {
    /// All rights.
    pub const ALL: [Right; 10] = [
        Right::Releases,
        Right::Pages,
        Right::Packages,
        Right::Checks,
        Right::Issues,
        Right::PullRequests,
        Right::Discussions,
        Right::Statuses,
        Right::Attestations,
        Right::SecurityEvents,
    ];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Right::Releases => "releases",
            Right::Pages => "pages",
            Right::Packages => "packages",
            Right::Checks => "checks",
            Right::Issues => "issues",
            Right::PullRequests => "pull-requests",
            Right::Discussions => "discussions",
            Right::Statuses => "statuses",
            Right::Attestations => "attestations",
            Right::SecurityEvents => "security-events",
        }
    }

    /// The right with a keyword.
    pub fn from_word(word: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.word() == word)
    }
}

/// `measure "file.json" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The file of the report.
    pub file: String,
    /// The expectations of the report's values.
    pub expectations: Vec<Expectation>,
    /// Where it was written.
    pub origin: Origin,
}

/// `expect KEY OP value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// A name, or names with dots between them.
    pub key: String,
    /// The comparison.
    pub operator: Operator,
    /// The value to compare with.
    pub threshold: Threshold,
    /// How the value is obtained: one measurement, several samples, or the difference to an environment.
    pub basis: Basis,
    /// Where it was written.
    pub origin: Origin,
}

/// A value that a report's value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// A number without a unit, as written.
    Number(String),
    /// A number and its unit, as written: `%`, or one of durations and sizes.
    Quantity(String, String),
    /// A text. It can only be equal or not.
    Text(String),
}

/// How the value of an expectation is obtained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The single value in the report.
    #[default]
    Value,
    /// `samples N confidence P`.
    Samples,
    /// `drop … vs ENVIRONMENT`.
    Drop,
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

impl Operator {
    /// Its sign in the language.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::GreaterOrEqual => ">=",
            Operator::Greater => ">",
        }
    }
}

/// `cache "path" keyed by "Cargo.lock"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// The cached path.
    pub path: String,
    /// The file whose content is the key of the cache.
    pub key_file: String,
    /// Where it was written.
    pub origin: Origin,
}

/// `sidecar postgres { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sidecar {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The port inside the sidecar.
    pub port: Option<u64>,
    /// The port of the machine that leads to the sidecar's port. `None` means any.
    pub at: Option<u64>,
    /// The variables of the sidecar.
    pub env: Vec<Binding>,
    /// The check that the sidecar is ready.
    pub ready: Option<Action>,
    /// Where it was written.
    pub origin: Origin,
}

/// `matrix { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The axes with their values, in source order. Empty if the legs are named.
    pub axes: Vec<(String, Vec<String>)>,
    /// All legs: the product of the axes, or the named ones.
    pub legs: Vec<Leg>,
    /// Where it was written.
    pub origin: Origin,
}

/// One leg of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    /// Its name: `linux`, or the values of the axes joined by `-`.
    pub name: String,
    /// The value of each axis.
    pub values: BTreeMap<String, String>,
    /// The runner of this leg, if it differs from the node's.
    pub runner: Option<Runner>,
    /// Its own variables.
    pub env: Vec<Binding>,
    /// Its own tools, each with an exact version. They replace the node's tools of the same name.
    pub tools: Vec<Tool>,
}

/// `tool node from ".nvmrc"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// The tool.
    pub name: String,
    /// Its version.
    pub version: ToolVersion,
    /// Where it was written.
    pub origin: Origin,
}

/// The version of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolVersion {
    /// This version.
    Exact(String),
    /// The version in this file.
    FromFile(String),
    /// The value of this axis of the node's matrix, so each leg has its own.
    OfAxis(String),
}

/// The place where jobs run. The default is the engine's own Linux machine on x64.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runner {
    /// Its name, empty for the default.
    pub name: String,
    /// The machine.
    pub host: RunnerHost,
    /// The image for the scripts.
    pub image: Option<(String, Origin)>,
    /// Whether a container engine is available.
    pub docker: bool,
    /// The labels of the machine, by engine.
    pub labels: BTreeMap<String, String>,
    /// The number of processors.
    pub cpu: Option<u64>,
    /// The memory, in bytes.
    pub memory: Option<u64>,
    /// The number of graphics processors.
    pub gpu: Option<u64>,
    /// Where it was declared.
    pub origin: Origin,
}

/// The machine of a runner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum RunnerHost {
    #[default]
    LinuxX64,
    LinuxArm64,
    MacosArm64,
    WindowsX64,
}

impl RunnerHost {
    /// All hosts.
    pub const ALL: [RunnerHost; 4] =
        [RunnerHost::LinuxX64, RunnerHost::LinuxArm64, RunnerHost::MacosArm64, RunnerHost::WindowsX64];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            RunnerHost::LinuxX64 => "linux-x64",
            RunnerHost::LinuxArm64 => "linux-arm64",
            RunnerHost::MacosArm64 => "macos-arm64",
            RunnerHost::WindowsX64 => "windows-x64",
        }
    }
}

/// Raw steps for one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineBlock {
    /// The engine.
    pub target: String,
    /// The reason.
    pub because: String,
    /// Its steps.
    pub steps: Vec<EngineStep>,
    /// The number of the body's own steps before the block.
    pub position: usize,
    /// Where it was written.
    pub origin: Origin,
}

/// An input in the call of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineInput {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: Text,
    /// The type of the value: a text, a bool or a whole number.
    pub form: InputForm,
    /// The place of the name.
    pub origin: Origin,
    /// The place of the value.
    pub value_origin: Origin,
}

/// A raw step.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineStep {
    /// A script.
    Run(Step),
    /// A variable for the following steps.
    Env(Binding),
    /// A call of an action.
    Action {
        /// The name for access to the outputs of the action.
        name: Option<String>,
        /// The action, as the engine names it.
        action: String,
        /// Its inputs, each name once.
        inputs: Vec<EngineInput>,
        /// Where the action's name was written.
        origin: Origin,
    },
}

/// The work of `shift`, `verify`, `rollback`, `cleanup`, `ready` or `teardown`.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its own variables.
    pub env: Vec<Binding>,
    /// Where it was written.
    pub origin: Origin,
}

/// A secret, an identity or a right of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// A secret, by its variable.
    Secret(String),
    /// An identity, by its provider and role.
    Identity(Provider, String),
    /// A right to write.
    Right(Right),
}

/// `for STEP, …`: only these steps of the node hold something.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrowed {
    /// What they hold.
    pub held: Held,
    /// The names of the steps, with their places.
    pub steps: Vec<(String, Origin)>,
    /// The place of the whole clause.
    pub origin: Origin,
}

impl Held {
    /// The secret as something held.
    pub fn secret(secret: &Secret) -> Held {
        Held::Secret(secret.variable.clone())
    }

    /// The identity as something held.
    pub fn identity(identity: &Identity) -> Held {
        Held::Identity(identity.provider, identity.role.clone())
    }
}

impl Body {
    /// The blocks of raw steps for an engine.
    pub fn blocks_for(&self, engine: &str) -> impl Iterator<Item = &EngineBlock> {
        self.engines.iter().filter(move |block| block.target == engine)
    }
}
