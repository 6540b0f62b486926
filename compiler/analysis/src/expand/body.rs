//! Bodies: collects the clauses of a node and of the task it calls.

mod action;
mod cache;
mod clause;
mod finish;
mod measure;
mod part;
mod placement;
mod rights;
mod sidecar;
pub(super) mod strategy;
mod tool;

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{
    Action, ArtefactType, Body, Evidence, ExemptionRule, Origin, Override, PathPattern, Quorum, Strategy,
};
use pipec_syntax::ast::Variable;
use std::collections::{BTreeMap, BTreeSet};

/// What kind of node a body belongs to.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// With its kind of evidence, if known.
    Gate(Option<Evidence>),
    /// With its type, if known.
    Artefact(Option<ArtefactType>),
    Deploy,
    Job,
    /// An action of a deploy, a teardown, or the readiness check of a sidecar.
    Action,
    /// A task that nothing calls and that does not declare its result. Any clause may occur in it.
    Unknown,
}

impl Role {
    /// The kind of node with its article, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Role::Gate(_) => "a gate",
            Role::Artefact(_) => "an artefact",
            Role::Deploy => "a deploy",
            Role::Job => "a job",
            Role::Action => "an action",
            Role::Unknown => "a task",
        }
    }
}

/// The clauses of a node collected so far.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) role: Role,
    pub(super) body: Body,
    /// The task that the node calls.
    pub(super) called: Option<String>,
    /// Whether a clause could not be read.
    pub(super) has_error: bool,
    pub(super) advisory: Option<(String, Origin)>,
    pub(super) exemptions: Vec<ExemptionRule>,
    pub(super) overriding: Option<Override>,
    pub(super) quorum: Option<Quorum>,
    pub(super) paths: Vec<PathPattern>,
    pub(super) image_name: Option<(String, Origin)>,
    pub(super) strategy: Option<Strategy>,
    pub(super) shift: Option<Action>,
    pub(super) verify: Option<Action>,
    pub(super) rollback: Option<Action>,
    pub(super) irreversible: Option<(String, Origin)>,
    /// Variables set by defaults. A variable set in the node replaces them.
    defaults: BTreeSet<String>,
    /// Tools set by defaults.
    default_tools: BTreeSet<String>,
    /// The values of each matrix axis, with their places.
    axis_values: BTreeMap<String, Vec<(String, Span)>>,
    /// The places of the named legs, in their order.
    leg_places: Vec<Span>,
    /// Whether the directory is from a default.
    is_default_directory: bool,
    /// The named actions in `engine` blocks.
    engine_steps: BTreeMap<String, Span>,
    /// Clauses that may occur once, with the place of the first occurrence.
    once: BTreeMap<&'static str, Span>,
    /// The places of `run` and `path` clauses in the task. The node may not add its own.
    from_task: BTreeMap<&'static str, Span>,
}

impl Work {
    /// An empty collection.
    pub(super) fn new(role: Role, origin: Origin) -> Work {
        Work {
            role,
            body: Body { origin, timeout: super::DEFAULT_TIMEOUT, ..Body::default() },
            called: None,
            has_error: false,
            advisory: None,
            exemptions: Vec::new(),
            overriding: None,
            quorum: None,
            paths: Vec::new(),
            image_name: None,
            strategy: None,
            shift: None,
            verify: None,
            rollback: None,
            irreversible: None,
            defaults: BTreeSet::new(),
            default_tools: BTreeSet::new(),
            axis_values: BTreeMap::new(),
            leg_places: Vec::new(),
            is_default_directory: false,
            engine_steps: BTreeMap::new(),
            once: BTreeMap::new(),
            from_task: BTreeMap::new(),
        }
    }
}

/// Reports a variable that is set twice in one place.
pub(super) fn duplicate_variable(variable: &Variable, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0121, format!("variable `{}` is defined twice", variable.node), variable.span)
        .label(first, "first here")
        .help("remove one of them, or rename one")
}
