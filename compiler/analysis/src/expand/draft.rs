//! A pipeline while it is expanded.

use pipec_base::Span;
use pipec_ir::{Input, Node, NodeId, Pipeline, StageId};
use pipec_syntax::ast::DefaultClause;
use std::collections::BTreeMap;

/// The names of a pipeline's stages.
pub(super) struct Places<'a> {
    /// Each stage, with the place of its name.
    pub(super) stages: BTreeMap<&'a str, (StageId, Span)>,
    /// Each `finally`, with the place of its name.
    pub(super) finallys: BTreeMap<&'a str, Span>,
}

/// The state that the parts of one pipeline share during its expansion.
pub(super) struct Draft<'a> {
    pub(super) pipeline: Pipeline,
    pub(super) inputs: Vec<Input>,
    /// The defaults for all bodies. They apply to bodies before and after them.
    pub(super) defaults: Vec<(&'a DefaultClause, Span)>,
    /// The nodes by name: whether each is a deploy, and the place of the name.
    pub(super) names: BTreeMap<String, (bool, Span)>,
}

impl Draft<'_> {
    /// Adds a node to its stage.
    pub(super) fn add(&mut self, node: Node) {
        let id = NodeId(self.pipeline.nodes.len());
        if let Some(stage) = self.pipeline.stages.get_mut(node.stage.0) {
            stage.nodes.push(id);
        }
        self.pipeline.nodes.push(Node { id, ..node });
    }
}
