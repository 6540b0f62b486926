//! The common input of all passes: the pipeline, its program, and its facts.

use pipec_ir::facts::SourceFacts;
use pipec_ir::{
    ArtefactType, Deploy, Environment, Event, Node, NodeKind, Override, Pipeline, Program, Stage, StageId,
    Tier,
};
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

    /// The environment that a deploy enters.
    pub fn environment_of(&self, node: &Node) -> Option<&'p Environment> {
        self.program.environments.get(&deploy(node)?.environment)
    }

    /// The ephemeral environment that a deploy enters.
    pub fn preview_of(&self, node: &Node) -> Option<&'p Environment> {
        self.environment_of(node).filter(|environment| environment.tier == Tier::Ephemeral)
    }
}

/// Questions about all nodes and triggers of a pipeline.
pub trait Nodes {
    /// Whether a trigger admits the event.
    fn starts_on(&self, event: Event) -> bool;

    /// The gates with an override.
    fn overridable(&self) -> impl Iterator<Item = (&Node, &Override)>;

    /// Whether some gate has an override.
    fn has_overrides(&self) -> bool {
        self.overridable().next().is_some()
    }
}

impl Nodes for Pipeline {
    fn starts_on(&self, event: Event) -> bool {
        self.triggers.iter().any(|trigger| trigger.event() == event)
    }

    fn overridable(&self) -> impl Iterator<Item = (&Node, &Override)> {
        self.nodes.iter().filter_map(|node| Some((node, overriding(node)?)))
    }
}

/// The reason why a gate is advisory.
pub fn advisory(node: &Node) -> Option<&String> {
    match &node.kind {
        NodeKind::Gate(gate) => gate.advisory.as_ref().map(|(because, _)| because),
        _ => None,
    }
}

/// The override of a gate.
pub fn overriding(node: &Node) -> Option<&Override> {
    match &node.kind {
        NodeKind::Gate(gate) => gate.overriding.as_ref(),
        _ => None,
    }
}

/// The node as a deploy, if it is one.
pub(crate) fn deploy(node: &Node) -> Option<&Deploy> {
    match &node.kind {
        NodeKind::Deploy(deploy) => Some(deploy),
        _ => None,
    }
}

/// Whether a node builds and pushes an image.
pub(crate) fn pushes_image(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Artefact(artefact) => artefact.ty == ArtefactType::Image && artefact.image_name.is_some(),
        _ => false,
    }
}
