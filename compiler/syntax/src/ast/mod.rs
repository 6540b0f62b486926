//! The typed tree of a `.pipe` file, as written.
//!
//! Names are unresolved and nothing is expanded. Every part knows its span. A part that can't be parsed is an `Error`
//! variant, and later stages report nothing that only follows from it.

mod body;
mod environment;
mod pipeline;
mod planned;
mod value;

pub use body::{
    Action, Body, BodyClause, Checkout, CheckoutClause, EngineStep, Exemption, Expectation, Identity,
    MatrixClause, Operator, OverrideClause, Secret, SidecarClause, StrategyStep,
};
pub use environment::{
    Environment, EnvironmentClause, Forward, Platform, PlatformClause, Registry, RegistryClause, Role,
    RoleMember, Runner, RunnerClause,
};
use pipec_base::{Span, Spanned};
use std::sync::Arc;

pub use pipeline::{
    Change, DefaultClause, Finally, FinallyClause, Input, Pipeline, PipelineClause, Ref, RefKind, Stage,
    StageClause, ToolVersion, Trigger, Work,
};
pub use planned::{
    EndpointClause, FamilyClause, Planned, PlannedBlock, PredictorClause, RecordsClause, SourceClause,
};
pub use value::{
    Call, Condition, Date, Duration, Expression, Literal, Size, StringForm, StringLiteral, StringPiece, Time,
};

/// A kebab-case name, as written.
pub type Name = Spanned<String>;
/// The name of a script's variable.
pub type Variable = Spanned<String>;
/// The value of a plain (verbatim) string, with its escapes replaced.
pub type Text = Spanned<String>;

/// `rust.test` or `staging.KUBECONFIG`: one or more segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Its segments. A written path has at least one.
    pub segments: Vec<Name>,
    /// The range of the whole path.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its declarations, in source order. Broken ones are [`Declaration::Error`].
    pub items: Vec<Arc<Item>>,
}

/// `allow P0905 because "…" until 2027-01-31`, before a declaration or a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Allow {
    /// The code, as written.
    pub code: Spanned<String>,
    /// The reason.
    pub because: Text,
    /// The last day on which it holds.
    pub until: Option<Spanned<Date>>,
    /// The range of the whole clause.
    pub span: Span,
}

/// A part with its documentation (`///`) and its `allow` clauses. Any part may have them.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause<T> {
    /// The lines of its documentation, without `///` and one space.
    pub docs: Vec<String>,
    /// The allowances for findings in it.
    pub allows: Vec<Allow>,
    /// The part itself.
    pub kind: T,
    /// The range from its keyword to its last token, without documentation and `allow` clauses.
    pub span: Span,
}

/// A declaration with its documentation.
pub type Item = Clause<Declaration>;

/// A top-level item of a file.
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
    /// `setting NAME: type at "VAR" = expr`
    Setting(Setting),
    /// `platform github { … }`
    Platform(Platform),
    /// A declaration that is only planned.
    Planned(Planned),
    /// A declaration that can't be parsed. It has a `name` if the name is clear.
    Error {
        /// The name that it would declare.
        name: Option<Name>,
    },
}

/// A `use` clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Use {
    /// `use std.rust`, `use std.release as releases`
    Standard {
        /// The module.
        path: Path,
        /// The local name. Without one, it is the last segment of the path.
        name: Option<Name>,
    },
    /// `use "./shared.pipe" as shared`
    File {
        /// The path as written.
        path: Text,
        /// The local name.
        name: Name,
    },
}

/// An instance of a parametrised pipeline or environment: `NAME = call(…)`.
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
    /// Its value if a call gives none.
    pub default: Option<Expression>,
    /// The range of the whole parameter.
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
    /// Its result: a kind of evidence, an artefact type or `deploy`.
    pub yields: Name,
    /// Its body.
    pub body: Body,
}

/// `evidence NAME of commit|artefact`
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceDeclaration {
    /// Its name.
    pub name: Name,
    /// Whether it is about an artefact. Otherwise it is about the commit.
    pub of_artefact: bool,
}

/// A value that the platform holds: `setting NAME: type at "VAR" = expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its name on the platform.
    pub at: Text,
    /// Its value if the platform has none.
    pub default: Option<Expression>,
}

/// `let NAME = expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expression,
}
