//! Bodies: what the clauses of a node and of the task it calls come to.

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
    /// With its kind of evidence, if that is known.
    Gate(Option<Evidence>),
    /// With its type, if that is known.
    Artefact(Option<ArtefactType>),
    Deploy,
    Job,
    /// What moves, judges or takes back a deploy, takes an environment down, or tells that a sidecar is ready.
    Action,
    /// A task that nothing calls and that does not say what it yields: any clause may stand there.
    Unknown,
}

impl Role {
    /// The node with its article, for messages.
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

/// What has been gathered of a node's work.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) role: Role,
    pub(super) body: Body,
    /// The task it calls.
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
    /// Variables that came from defaults: a nearer one replaces them.
    defaults: BTreeSet<String>,
    /// Tools that came from defaults.
    default_tools: BTreeSet<String>,
    /// The values of each axis of its matrix, with their places.
    axis_values: BTreeMap<String, Vec<(String, Span)>>,
    /// Where its named legs stand, in their order.
    leg_places: Vec<Span>,
    /// Whether the directory came from a default.
    is_default_directory: bool,
    /// The actions in `engine` blocks that have a name.
    engine_steps: BTreeMap<String, Span>,
    /// Clauses that stand once, with their place.
    once: BTreeMap<&'static str, Span>,
    /// Whether a `run` or `path` came from the task, so that the node may not add its own.
    task_says: BTreeMap<&'static str, Span>,
}

impl Work {
    /// Nothing yet.
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
            task_says: BTreeMap::new(),
        }
    }
}

/// That a variable is set twice in one place.
pub(super) fn set_twice(variable: &Variable, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0121, format!("variable `{}` is defined twice", variable.node), variable.span)
        .label(first, "first here")
        .help("remove one of them, or rename one")
}
