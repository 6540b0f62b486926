//! The names that an expression can see, and the things it has used.
//!
//! For example, in `task smoke(url: string) -> test { env URL = url  run "curl \"$URL\"" }`, the frame of `env` has the
//! parameter `url`, the task `smoke` and the call that led there, but no artefact of the caller.

use crate::scope::{DeclarationId, ModuleId};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span};
use pipec_ir::{ArtefactType, Origin};
use pipec_syntax::ast::Path;
use std::collections::BTreeMap;

/// The names that an expression can see.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) module: Option<ModuleId>,
    pub(super) parameters: BTreeMap<String, Value>,
    /// The calls that lead here, the innermost first.
    pub(super) calls: Vec<(Span, String)>,
    /// The enclosing tasks, the innermost last. A task sees its parameters and its subject, not the artefacts of its
    /// caller.
    pub(super) tasks: Vec<DeclarationId>,
    /// The artefacts of the pipeline; empty outside of one.
    pub(super) artefacts: BTreeMap<String, ArtefactType>,
    /// The inputs of the pipeline's manual runs.
    pub(super) inputs: BTreeMap<String, Type>,
    /// The axes of the node's matrix.
    pub(super) axes: BTreeMap<String, Type>,
    /// Whether the node is divided into shards.
    pub(super) is_sharded: bool,
    /// Whether nothing calls the enclosing task, so that the properties of its caller are unknown.
    pub(super) is_uncalled: bool,
    /// The named actions above, in the same `engine` block.
    pub(super) engine_steps: BTreeMap<String, Span>,
    /// Whether this is the value of a constant.
    pub(super) is_constant: bool,
    /// The artefact that a task calls `subject`.
    pub(super) subject: Option<String>,
    /// The environment that the node deploys to.
    pub(super) deploys_to: Option<String>,
}

/// The things that expressions and actions have used.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Environments read without deploying to them.
    pub(super) reads: Vec<(String, Origin)>,
    /// Artefacts named in expressions.
    pub(super) named: Vec<(String, Origin)>,
    /// Whether an action of the node calls a task, whose `subject` is then used.
    pub(super) action_calls: bool,
}

impl Frame {
    /// The frame at the top of a module.
    pub(super) fn of_module(module: ModuleId) -> Frame {
        Frame { module: Some(module), ..Frame::default() }
    }

    /// Whether the frame is inside a task.
    pub(super) fn is_in_task(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// An artefact as the author of this text sees it: a task sees its parameters and its `subject`.
    pub(super) fn name_of_artefact<'n>(&'n self, artefact: &'n str) -> &'n str {
        let is_it = |value: &Value| matches!(value, Value::Artefact(name, _) if name == artefact);
        match self.parameters.iter().find(|(_, value)| is_it(value)) {
            Some((parameter, _)) => parameter,
            None if self.subject.as_deref() == Some(artefact) => "subject",
            None => artefact,
        }
    }

    /// The origin of the text at `span` in this frame.
    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin { span, calls: self.calls.clone() }
    }

    /// Adds the calls that lead here to a diagnostic.
    pub(super) fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.origin(diagnostic.span()).explain(diagnostic)
    }
}

/// A path as written.
pub(super) fn path_text(path: &Path) -> String {
    let segments: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    segments.join(".")
}
