//! Where an expression stands: whose names it sees; and what it has been seen to use.

use crate::scope::{DeclarationId, ModuleId};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span};
use pipec_ir::{ArtefactType, Origin};
use pipec_syntax::ast::Path;
use std::collections::BTreeMap;

/// Where an expression stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) module: Option<ModuleId>,
    pub(super) parameters: BTreeMap<String, Value>,
    /// The calls that lead here, the innermost first.
    pub(super) calls: Vec<(Span, String)>,
    /// The tasks that this stands in, the innermost last. A task sees its parameters and its
    /// subject, not the artefacts of whoever calls it.
    pub(super) tasks: Vec<DeclarationId>,
    /// The artefacts of the pipeline; empty outside of one.
    pub(super) artefacts: BTreeMap<String, ArtefactType>,
    /// The inputs of the pipeline's manual runs.
    pub(super) inputs: BTreeMap<String, Type>,
    /// The axes of the node's matrix.
    pub(super) axes: BTreeMap<String, Type>,
    /// Whether the node is one of several shards.
    pub(super) is_sharded: bool,
    /// Whether nothing calls the task that this stands in: what its caller has is not known.
    pub(super) is_uncalled: bool,
    /// The named actions above in the `engine` block that this stands in.
    pub(super) engine_steps: BTreeMap<String, Span>,
    /// Whether this is the value of a constant.
    pub(super) is_constant: bool,
    /// What a task calls `subject`.
    pub(super) subject: Option<String>,
    /// The environment the node deploys to.
    pub(super) deploys_to: Option<String>,
}

/// What expressions and actions have been seen to use.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Environments read without deploying to them.
    pub(super) reads: Vec<(String, Origin)>,
    /// Artefacts named in expressions.
    pub(super) named: Vec<(String, Origin)>,
    /// Whether an action of the node calls a task, which then speaks of the `subject`.
    pub(super) action_calls: bool,
}

impl Frame {
    /// At the top of a module.
    pub(super) fn of_module(module: ModuleId) -> Frame {
        Frame { module: Some(module), ..Frame::default() }
    }

    /// Whether this stands in a task.
    pub(super) fn is_in_task(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// The origin of what is written at `span` here.
    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin { span, calls: self.calls.clone() }
    }

    /// Adds to a diagnostic the calls that lead here.
    pub(super) fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.origin(diagnostic.span()).explain(diagnostic)
    }
}

/// A path as it was written.
pub(super) fn path_text(path: &Path) -> String {
    let segments: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    segments.join(".")
}
