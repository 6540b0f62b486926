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
    /// Its parameters. `None` if none were written.
    pub parameters: Option<Vec<Parameter>>,
    /// Its clauses.
    pub clauses: Vec<Clause<PipelineClause>>,
}

/// A kind of Git ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    /// A branch. It moves with each commit.
    Branch,
    /// A tag. It stays at its commit.
    Tag,
}

/// A clause of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum PipelineClause {
    /// `on push to main`
    On(Trigger),
    /// `protect main, "release/*"`, `protect tag "v*"`
    Protect {
        /// The kind of refs that the globs match. `None` means both branches and tags.
        only: Option<RefKind>,
        /// The protected refs.
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
    /// `env`, `tool`, `runs on`, `in`.
    Default(DefaultClause),
    /// `stage NAME { … }`
    Stage(Stage),
    /// `finally NAME { … }`
    Finally(Finally),
    /// A clause that can't be parsed, or that is only planned.
    Error,
}

/// `change KIND GLOB, … because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The kind of change.
    pub kind: Name,
    /// The paths of the kind.
    pub globs: Vec<StringLiteral>,
    /// The reason.
    pub because: Option<Text>,
}

/// An event that starts a pipeline, with its filter.
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
    /// A trigger that is only planned, with its inputs.
    Planned(Vec<Clause<Input>>),
}

/// An input of a manual run.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value if the person gives none.
    pub default: Option<Expression>,
}

/// A name or a string for a glob, a branch or a kind of change.
#[derive(Clone, Debug, PartialEq)]
pub struct Ref {
    /// The name, or the string's text if it has no interpolation.
    pub text: String,
    /// The string, if it was written as one.
    pub string: Option<StringLiteral>,
    /// Its range.
    pub span: Span,
}

/// A default for all bodies below it. Inside a body, it is a clause of this body.
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
        /// Its version.
        version: ToolVersion,
    },
    /// `runs on RUNNER`
    RunsOn(Path),
    /// `in "dir"`
    In(StringLiteral),
}

/// The version of a tool.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolVersion {
    /// The version itself.
    Exact(Text),
    /// The file with the version.
    FromFile(Text),
    /// The matrix axis with the version.
    OfAxis(Name),
}

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: Name,
    /// The stages that it follows. `None` means every stage above.
    pub after: Option<Vec<Name>>,
    /// Its condition. `None` means always.
    pub when: Option<Condition>,
    /// Its clauses.
    pub clauses: Vec<Clause<StageClause>>,
}

/// A clause of a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum StageClause {
    /// `env`, `tool`, `runs on`, `in`.
    Default(DefaultClause),
    /// `budget 20m`
    Budget(Expression),
    /// `gate NAME: EVIDENCE of ARTEFACT`
    Gate {
        /// Its name.
        name: Name,
        /// The kind of evidence it yields.
        evidence: Path,
        /// The artefacts that it checks. Empty for a check of the commit. `member.artefact` is one name.
        of: Vec<Name>,
        /// Its work.
        work: Work,
    },
    /// `artefact NAME: TYPE`
    Artefact {
        /// Its name.
        name: Name,
        /// Its type.
        ty: Name,
        /// The environment of a plan: `artefact net: plan for production`.
        plan_for: Option<Path>,
        /// Whether `artifact` was written.
        spelt_with_i: bool,
        /// Its work.
        work: Work,
    },
    /// `deploy ARTEFACT, … to ENVIRONMENT`
    Deploy {
        /// The deployed artefacts. `member.artefact` is one name.
        artefacts: Vec<Name>,
        /// The environment.
        environment: Path,
        /// Its work.
        work: Work,
    },
    /// `job NAME`
    Job {
        /// Its name.
        name: Name,
        /// Its work.
        work: Work,
    },
    /// A clause that can't be parsed. It has a `name` if the name is clear.
    Error {
        /// The name that it would declare.
        name: Option<Name>,
    },
}

/// Jobs after stages, whatever their outcome: `finally NAME after STAGE on failed when CONDITION { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Finally {
    /// Its name.
    pub name: Name,
    /// The stages that must have ended. `None` means all.
    pub after: Option<Vec<Name>>,
    /// The outcomes. `None` means any.
    pub on: Option<Vec<Name>>,
    /// Its condition. `None` means always.
    pub when: Option<Condition>,
    /// Its jobs and their defaults.
    pub clauses: Vec<Clause<FinallyClause>>,
}

/// A clause of a `finally`.
#[derive(Clone, Debug, PartialEq)]
pub enum FinallyClause {
    /// `env`, `tool`, `runs on`, `in`.
    Default(DefaultClause),
    /// `job NAME`
    Job {
        /// Its name.
        name: Name,
        /// Its work.
        work: Work,
    },
    /// A clause that can't be parsed.
    Error,
}

/// The work of a node: `{ … }`, `= call`, or `= call { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The task it calls.
    pub call: Option<Call>,
    /// Its own clauses. `None` if only a call was written.
    pub body: Option<Body>,
    /// The range of the whole work.
    pub span: Span,
}
