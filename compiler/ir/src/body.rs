//! What a node does.

use crate::{Identity, InputForm, Keep, Origin, Report, Text};
use std::collections::BTreeMap;

/// What a node does: its clauses with the defaults of pipeline and stage filled in. Durations are in milliseconds, sizes
/// in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Where it was written.
    pub origin: Origin,
    /// In order.
    pub steps: Vec<Step>,
    /// The variables its scripts see besides those of artefacts, secrets and values; each name once.
    pub env: Vec<Binding>,
    /// The artefacts present, by name, in source order: those of `uses`, `of`, and a deploy's own.
    pub uses: Vec<(String, Origin)>,
    /// The artefact a task speaks of as `subject`: its variables stand there as `SUBJECT_*` as well.
    pub subject: Option<String>,
    /// The environments whose url or values it reads without deploying to them, by name.
    pub reads: Vec<(String, Origin)>,
    /// Where it runs.
    pub runner: Runner,
    /// Its directory, relative to the checkout.
    pub directory: Option<(String, Origin)>,
    /// In source order.
    pub tools: Vec<Tool>,
    /// What is checked out.
    pub checkout: Checkout,
    /// How long it may take.
    pub timeout: u64,
    /// How often a job or artefact is tried again.
    pub retry: Option<Retry>,
    /// Its own secrets (never an environment's).
    pub secrets: Vec<Secret>,
    /// Its own identities (never an environment's).
    pub identities: Vec<Identity>,
    /// `may write …`
    pub rights: Vec<(Right, Origin)>,
    /// `report …`
    pub reports: Vec<Report>,
    /// `keep … on failure`
    pub keeps: Vec<Keep>,
    /// `measure …`
    pub measures: Vec<Measure>,
    /// `cache …`
    pub caches: Vec<Cache>,
    /// `sidecar …`
    pub sidecars: Vec<Sidecar>,
    /// `matrix …`
    pub matrix: Option<Matrix>,
    /// `shard N`
    pub shards: Option<(u64, Origin)>,
    /// `engine …`
    pub engines: Vec<EngineBlock>,
}

/// A script and how it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// The shell script, to be delivered byte for byte.
    pub script: String,
    /// How it counts.
    pub kind: StepKind,
    /// Where the script was written.
    pub origin: Origin,
}

/// How a script counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The first that fails ends the node.
    Run,
    /// All run; the node fails if any does.
    Check,
}

/// `env NAME = expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The variable.
    pub variable: String,
    /// Its value.
    pub value: Text,
    /// Where it was written.
    pub origin: Origin,
}

/// What is checked out before the first step.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Checkout {
    /// The commit's own files.
    #[default]
    Commit,
    /// Nothing.
    None,
    /// More.
    With {
        /// Every ancestor too.
        full_history: bool,
        /// Submodules, recursively.
        submodules: bool,
        /// Large files.
        lfs: bool,
    },
}

/// `retry 1 because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How often more.
    pub times: u64,
    /// Why.
    pub because: String,
    /// Where it was written.
    pub origin: Origin,
}

/// `secret NAME`, `secret NAME file`
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// Its name, and its variable's.
    pub variable: String,
    /// Whether the variable is the path of a file that holds it.
    pub file: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// A right that no clause implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
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
    /// All of them.
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

    /// Its word in the language.
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

    /// The right of that word.
    pub fn from_word(word: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.word() == word)
    }
}

/// `measure "file.json" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The report.
    pub file: String,
    /// What is expected of it.
    pub expectations: Vec<Expectation>,
    /// Where it was written.
    pub origin: Origin,
}

/// `expect KEY OP value`
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// A name, or a path of names with dots between them.
    pub key: String,
    /// The comparison.
    pub operator: Operator,
    /// What the value is compared with.
    pub threshold: Threshold,
    /// How often it is measured, or what else it is held against.
    pub basis: Basis,
    /// Where it was written.
    pub origin: Origin,
}

/// What the value of a report is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// A number without a unit, as written.
    Number(String),
    /// A number and its unit, as written: `%`, or one of durations and sizes.
    Quantity(String, String),
    /// A text, which is equal or not.
    Text(String),
}

/// What an expectation rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The one value that the report has.
    #[default]
    Value,
    /// `samples N confidence P`
    Samples,
    /// `drop … vs ENVIRONMENT`
    Drop,
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

/// `cache "path" keyed by "Cargo.lock"`
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// What is kept.
    pub path: String,
    /// The file whose content is the key.
    pub key_file: String,
    /// Where it was written.
    pub origin: Origin,
}

/// `sidecar postgres { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Sidecar {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Its port.
    pub port: Option<u64>,
    /// The port of the machine that leads to its own; `None`: any.
    pub at: Option<u64>,
    /// Its variables.
    pub env: Vec<Binding>,
    /// Tells when it is ready.
    pub ready: Option<Action>,
    /// Where it was written.
    pub origin: Origin,
}

/// `matrix { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The axes with their values, in source order; empty where legs are named.
    pub axes: Vec<(String, Vec<String>)>,
    /// Every leg: the product of the axes, or the named ones.
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
    /// Where it runs, if not where the others do.
    pub runner: Option<Runner>,
    /// Its own variables.
    pub env: Vec<Binding>,
    /// Its own tools, each of an exact version; they stand for the node's of the same name.
    pub tools: Vec<Tool>,
}

/// `tool node from ".nvmrc"`
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// The tool.
    pub name: String,
    /// Which version.
    pub version: ToolVersion,
    /// Where it was written.
    pub origin: Origin,
}

/// Which version of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolVersion {
    /// This one.
    Exact(String),
    /// The one that this file names.
    FromFile(String),
    /// The value of this axis of the node's matrix, in each leg its own.
    OfAxis(String),
}

/// Where jobs run. The default is Linux on x64, the engine's own machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runner {
    /// Its name; empty for the default.
    pub name: String,
    /// The machine.
    pub host: RunnerHost,
    /// The image the scripts run in.
    pub image: Option<(String, Origin)>,
    /// Whether a container engine is there.
    pub docker: bool,
    /// Its label, by engine.
    pub labels: BTreeMap<String, String>,
    /// Processors.
    pub cpu: Option<u64>,
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Graphics processors.
    pub gpu: Option<u64>,
    /// Where it was declared.
    pub origin: Origin,
}

/// The machine of a runner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum RunnerHost {
    #[default]
    LinuxX64,
    LinuxArm64,
    MacosArm64,
    WindowsX64,
}

impl RunnerHost {
    /// All of them.
    pub const ALL: [RunnerHost; 4] =
        [RunnerHost::LinuxX64, RunnerHost::LinuxArm64, RunnerHost::MacosArm64, RunnerHost::WindowsX64];

    /// Its word in the language.
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
    /// Why.
    pub because: String,
    /// Its steps.
    pub steps: Vec<EngineStep>,
    /// How many of the body's own steps stand before it.
    pub position: usize,
    /// Where it was written.
    pub origin: Origin,
}

/// An input of an action, as a call gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineInput {
    /// Its name.
    pub key: String,
    /// What it is given.
    pub value: Text,
    /// What that is: a text, a bool or a whole number.
    pub form: InputForm,
    /// Where the name stands.
    pub origin: Origin,
    /// Where the value stands.
    pub value_origin: Origin,
}

/// A raw step.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineStep {
    /// A script.
    Run(Step),
    /// A variable for the steps behind it.
    Env(Binding),
    /// A call of an action.
    Action {
        /// The name its outputs get.
        name: Option<String>,
        /// The action, as the engine names it.
        action: String,
        /// Its inputs, each name once.
        inputs: Vec<EngineInput>,
        /// Where the action's name was written.
        origin: Origin,
    },
}

/// What `shift`, `verify`, `rollback`, `ready` and `teardown` do.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its own variables.
    pub env: Vec<Binding>,
    /// Where it was written.
    pub origin: Origin,
}
