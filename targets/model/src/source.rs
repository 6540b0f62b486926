//! The runs that a pipeline admits in a world, and their nodes.
//!
//! ```text
//! on push to main       an engine may also start runs of a branch `Main` if a filter says so;
//!                       the source admits `main` alone
//! gate tests: test { override by leads … }
//!                       the engine starts a manual run with any input;
//!                       the source admits it as a push to the head of `main` that overrides `tests`, for a reason
//! ```

use crate::{Axis, ManualEntry, Questions, World};
use pipec_ir::facts::{ResolvedSource, ResolvedTrigger, Vocabulary};
use pipec_ir::{Condition, Event, Node, Pipeline, StageId, Trigger};
use pipec_logic::{Glob, Language, Proposition};
use pipec_runtime::names::UNTRUSTED;
use rustc_hash::FxHashMap;

/// A pipeline in a world with its vocabulary.
pub struct Source<'p> {
    resolved: ResolvedSource<'p>,
    /// The nodes by name. Of equal names, the first.
    nodes: FxHashMap<&'p str, &'p Node>,
    overridable: Vec<&'p Node>,
}

impl<'p> Source<'p> {
    /// Adds everything to a vocabulary that a pipeline distinguishes.
    pub fn add_to(vocabulary: &mut Vocabulary, pipeline: &'p Pipeline) -> Source<'p> {
        Source {
            resolved: ResolvedSource::add_to(vocabulary, pipeline),
            nodes: pipeline.nodes.iter().rev().map(|node| (node.name.as_str(), node)).collect(),
            overridable: pipeline.overridable().map(|(gate, _)| gate).collect(),
        }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &'p Pipeline {
        self.resolved.pipeline()
    }

    /// The questions that most outputs ask. They are the names of the source, in other cases too if the engine ignores
    /// case.
    ///
    /// They save a round. A superfluous question only splits regions further.
    pub fn likely_questions(&self, engine_ignores_case: bool) -> Questions {
        let mut likely = Questions::default();
        let source = self.pipeline();
        let of_condition = |axis, glob: &Glob| {
            let ignores_case = engine_ignores_case && glob.is_literal();
            let names =
                if ignores_case { Language::literal_ignoring_case(glob.text()) } else { glob.language() };
            (axis, names)
        };
        for atom in source.stages.iter().flat_map(|stage| stage.condition.atoms()) {
            let (axis, names) = match atom {
                Condition::Branch(glob) => of_condition(Axis::Branch, glob),
                Condition::Tag(glob) => of_condition(Axis::Tag, glob),
                _ => continue,
            };
            likely.ask(axis, names);
        }
        for trigger in &source.triggers {
            let (axis, globs) = match trigger {
                Trigger::Push(globs, _) => (Axis::Branch, globs),
                Trigger::Tag(globs, _) => (Axis::Tag, globs),
                _ => continue,
            };
            globs.iter().for_each(|glob| likely.ask(axis, glob.language()));
        }
        likely
    }

    /// The manual runs that a person can start.
    pub fn manual_entry(&self) -> ManualEntry {
        ManualEntry {
            overridable: self.overridable.iter().map(|gate| gate.name.clone()).collect(),
            has_ordinary_runs: self.pipeline().events().contains(&Event::Manual),
        }
    }

    /// The node with a name.
    pub fn node_named(&self, name: &str) -> Option<&'p Node> {
        self.nodes.get(name).copied()
    }

    /// The node of a job. The job has the node's name, or is its twin for untrusted code.
    pub fn node_of(&self, job: &str) -> Option<&'p Node> {
        self.node_named(job).or_else(|| job.strip_suffix(UNTRUSTED).and_then(|name| self.node_named(name)))
    }

    /// The gates that may be overridden.
    pub fn overridable(&self) -> &[&'p Node] {
        &self.overridable
    }

    /// V: that the source admits the run.
    pub fn admits(&self, world: &World) -> Proposition {
        let logic = world.logic();
        let way = |ResolvedTrigger { trigger, names }: &ResolvedTrigger<'_>| {
            let filter = match trigger {
                Trigger::Push(..) => {
                    let override_admitted = logic.implies(&world.overriding(), &self.admits_override(world));
                    logic.and(&world.facts.condition(names), &override_admitted)
                }
                Trigger::Tag(..) => world.facts.condition(names),
                Trigger::PullRequest(..) => world.wanted_base(),
                Trigger::Manual(..) => logic.not(&world.manual_on_tag()),
                Trigger::Schedule(..) | Trigger::MergeQueue(_) => logic.truth(),
            };
            logic.and(&world.facts.event(trigger.event()), &filter)
        };
        let ways: Vec<Proposition> = self.resolved.triggers().iter().map(way).collect();
        logic.and(&world.possible(), &logic.any(&ways))
    }

    /// The valid overrides. Each names a gate, has a reason, and is for the head of a protected branch whose pushes the
    /// source admits.
    pub fn admits_override(&self, world: &World) -> Proposition {
        let logic = world.logic();
        let named: Vec<Proposition> =
            self.overridable.iter().map(|gate| world.overrides(&gate.name)).collect();
        let triggers = self.resolved.triggers().iter();
        let pushed: Vec<Proposition> = triggers
            .filter(|it| matches!(it.trigger, Trigger::Push(..)))
            .map(|it| world.facts.condition(&it.names))
            .collect();
        logic.all(&[
            logic.any(&named),
            logic.any(&pushed),
            self.resolved.protected(&world.facts),
            logic.not(&world.manual_on_tag()),
            world.free(World::COMPLETE_OVERRIDE),
        ])
    }

    /// That an admitted run contains a stage.
    pub fn contains(&self, world: &World, stage: StageId) -> Proposition {
        self.resolved.contains(&world.facts, stage)
    }

    /// That one of the exemptions of a gate holds.
    pub fn exempt(&self, world: &World, gate: &Node) -> Proposition {
        self.resolved.exempt(&world.facts, gate)
    }

    /// That an exemption of a gate holds that has this reason.
    pub fn exempt_because(&self, world: &World, gate: &Node, because: &str) -> Proposition {
        self.resolved.exempt_because(&world.facts, gate, because)
    }
}

/// The node of the job with this id.
pub fn node_of<'p>(pipeline: &'p Pipeline, job: &str) -> Option<&'p Node> {
    let twin = || job.strip_suffix(UNTRUSTED).and_then(|name| pipeline.node_named(name));
    pipeline.node_named(job).or_else(twin)
}
