//! The typed tree of a `.pipe` file, as written: names unresolved, nothing expanded. Every part knows its span; a part
//! that could not be read is an `Error` variant that silences what would follow from it.

mod body;
mod environment;
mod pipeline;
mod value;

pub use body::{
    Action, Body, BodyClause, Checkout, CheckoutClause, EngineStep, Exemption, Expectation, Identity,
    MatrixClause, Operator, OverrideClause, Secret, SidecarClause, StrategyStep,
};
pub use environment::{
    Environment, EnvironmentClause, Registry, RegistryClause, Role, RoleMember, Runner, RunnerClause,
};
use pipec_base::{Span, Spanned};
use std::sync::Arc;

pub use pipeline::{
    Change, DefaultClause, Input, Pipeline, PipelineClause, Ref, RefKind, Stage, StageClause, ToolVersion,
    Trigger, Work,
};
pub use value::{
    Call, Condition, Date, Duration, Expression, Literal, Size, StringForm, StringLiteral, StringPiece, Time,
};

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
    pub items: Vec<Arc<Item>>,
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
    /// `use std.rust`, `use std.release as releases`
    Standard {
        /// The module.
        path: Path,
        /// The name it gets; without one, the last segment of the path.
        name: Option<Name>,
    },
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
