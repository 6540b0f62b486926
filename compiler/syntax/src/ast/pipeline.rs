//! Pipelines, their stages and nodes.

use super::{
    Body, Call, Clause, Condition, Expression, Name, Parameter, Path, StringLiteral, Text, Type, Variable,
};
use pipec_base::Span;

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

/// What a name of the repository's history is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    /// It moves on.
    Branch,
    /// It stays.
    Tag,
}

/// What stands in a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum PipelineClause {
    /// `on push to main`
    On(Trigger),
    /// `protect main, "release/*"`, `protect tag "v*"`
    Protect {
        /// What the globs speak of; `None`: of branches and tags alike.
        only: Option<RefKind>,
        /// What is protected.
        globs: Vec<Ref>,
    },
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
    /// `tool node from ".nvmrc"`, `tool terraform "1.7.4"`, `tool python matrix.python`
    Tool {
        /// The tool.
        name: Name,
        /// What says its version.
        version: ToolVersion,
    },
    /// `runs on RUNNER`
    RunsOn(Path),
    /// `in "dir"`
    In(StringLiteral),
}

/// What says the version of a tool.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolVersion {
    /// The version itself.
    Exact(Text),
    /// The file that holds it.
    FromFile(Text),
    /// The axis of the node's matrix whose value it is.
    OfAxis(Name),
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
