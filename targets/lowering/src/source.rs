//! The common input of all passes: the pipeline, its program, and its facts.

use pipec_ir::facts::SourceFacts;
use pipec_ir::{Event, Node, Pipeline, Program, Stage, StageId};
use pipec_logic::Proposition;

/// The source of one pipeline, and the facts of its runs.
#[derive(Debug)]
pub struct Source<'p> {
    /// The program that the pipeline belongs to.
    pub program: &'p Program,
    /// The pipeline.
    pub pipeline: &'p Pipeline,
    /// The facts of its runs.
    pub facts: SourceFacts<'p>,
}

impl<'p> Source<'p> {
    /// Whether both may hold in one run. True if that can't be decided.
    pub fn may_meet(&self, left: &Proposition, right: &Proposition) -> bool {
        self.facts.propositions().is_compatible(left, right).unwrap_or(true)
    }

    /// Whether the right holds in every run of the left. False if that can't be decided.
    pub fn implies(&self, left: &Proposition, right: &Proposition) -> bool {
        self.facts.propositions().implies_always(left, right).unwrap_or(false)
    }

    /// The stage of a node.
    pub(crate) fn stage_of(&self, node: &Node) -> Option<(StageId, &'p Stage)> {
        Some((node.stage, self.pipeline.stages.get(node.stage.0)?))
    }
}

/// Questions about all nodes and triggers of a pipeline.
pub trait Nodes {
    /// Whether a trigger admits the event.
    fn starts_on(&self, event: Event) -> bool;

    /// Whether some gate may be overridden.
    fn has_overrides(&self) -> bool;
}

impl Nodes for Pipeline {
    fn starts_on(&self, event: Event) -> bool {
        self.triggers.iter().any(|trigger| trigger.event() == event)
    }

    fn has_overrides(&self) -> bool {
        self.overridable().next().is_some()
    }
}
