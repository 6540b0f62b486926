//! The program, its pipelines and their stages.
//!
//! For example, a workspace with one file that declares `pipeline api { … }` and `environment production { … }` is a
//! program with one pipeline and one environment.

use crate::{
    ChangeRule, Condition, Environment, Event, Node, NodeId, Origin, Pins, Platform, Registry, Role, Text,
    Trigger,
};
use pipec_logic::Glob;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A pipeline's place in its program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PipelineId(pub usize);

/// An expanded workspace. A copy shares its pipelines and environments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The pipelines in the order of their declaration, files by path.
    pub pipelines: Vec<Arc<Pipeline>>,
    /// The environments by name. Names are unique in a workspace.
    pub environments: Arc<BTreeMap<String, Environment>>,
    /// The roles by name.
    pub roles: BTreeMap<String, Role>,
    /// The registries by prefix.
    pub registries: BTreeMap<String, Registry>,
    /// The settings by their names on the platform.
    pub settings: BTreeMap<String, Setting>,
    /// What is said of the platforms, by the engine's keyword.
    pub platforms: BTreeMap<String, Platform>,
    /// The content of `pipec.lock`. Empty if the file does not exist.
    pub lock: Pins,
}

impl Program {
    /// The pipeline with an id.
    pub fn pipeline(&self, id: PipelineId) -> Option<&Pipeline> {
        self.pipelines.get(id.0).map(Arc::as_ref)
    }

    /// The pipelines that a target builds, in order. They name the target, or no target at all.
    pub fn pipelines_for(&self, target: &str) -> Vec<PipelineId> {
        let numbered = self.pipelines.iter().enumerate();
        let wanted = numbered.filter(|(_, pipeline)| pipeline.is_for(target));
        wanted.map(|(place, _)| PipelineId(place)).collect()
    }
}

/// A value that the platform holds: `setting api-url: string at "API_URL" = "…"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name on the platform.
    pub at: String,
    /// The value if the platform holds none.
    pub default: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// A file that a pipeline was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Its path relative to the workspace, with `/`. For a standard module, its name (`std/rust.pipe`).
    pub path: String,
    /// Whether it is a standard module.
    pub is_standard: bool,
}

/// A pipeline: a path from change to production.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pipeline {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its documentation, by line.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// The file that declares it, then every module that this file uses, by path.
    pub sources: Vec<SourceFile>,
    /// Its triggers, in source order.
    pub triggers: Vec<Trigger>,
    /// Branches that only reviewed changes reach.
    pub protected_branches: Vec<Glob>,
    /// Tags that only reviewed changes reach.
    pub protected_tags: Vec<Glob>,
    /// The targets that it names. If there are none, it has every target.
    pub targets: Vec<(String, Origin)>,
    /// The file names that it sets for its outputs, by target.
    pub emits: BTreeMap<String, (String, Origin)>,
    /// The maximum time of a run, in milliseconds.
    pub budget: Option<(u64, Origin)>,
    /// Its owner.
    pub owner: Option<String>,
    /// The rules for kinds of change, in source order.
    pub changes: Vec<ChangeRule>,
    /// The stages in source order, and then every `finally`.
    pub stages: Vec<Stage>,
    /// The nodes in source order, those of a `finally` last. A node's id is its index here.
    pub nodes: Vec<Node>,
}

impl Pipeline {
    /// Whether a target builds it.
    pub fn is_for(&self, target: &str) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|(name, _)| name == target)
    }

    /// The node with an id.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// The node with a name.
    pub fn node_named(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The stage of a node.
    pub fn stage_of(&self, node: &Node) -> Option<&Stage> {
        self.stages.get(node.stage.0)
    }

    /// The outcomes for which a node of a `finally` runs. `None` for a node of a stage.
    pub fn outcomes_of(&self, node: &Node) -> Option<Outcomes> {
        self.stage_of(node)?.finally
    }

    /// Whether a node runs after the others, whatever becomes of them. Nothing waits for it.
    pub fn is_afterwards(&self, node: &Node) -> bool {
        self.outcomes_of(node).is_some()
    }

    /// The nodes whose end a node of a `finally` awaits: those of its stages and all before them, in source order. A node
    /// that never started because another failed looks like one that was not due, so the other must be seen.
    ///
    /// Nothing awaits an advisory gate.
    pub fn ended_before(&self, node: &Node) -> impl Iterator<Item = &Node> {
        let stage = self.stage_of(node).filter(|stage| stage.finally.is_some());
        let stages = stage.into_iter().flat_map(|stage| &stage.after);
        let own = stages.filter_map(|stage| self.stages.get(stage.0)).flat_map(|stage| &stage.nodes);
        let own = own.filter_map(|id| self.node(*id));
        let awaited: BTreeSet<NodeId> =
            own.flat_map(|node| node.before.iter().copied().chain([node.id])).collect();
        self.nodes.iter().filter(move |node| awaited.contains(&node.id) && !node.is_advisory())
    }

    /// Its deploys with their nodes, in source order.
    pub fn deploys(&self) -> impl Iterator<Item = (&Node, &crate::Deploy)> {
        self.nodes.iter().filter_map(|node| Some((node, node.deploy()?)))
    }

    /// Its gates with their nodes, in source order.
    pub fn gates(&self) -> impl Iterator<Item = (&Node, &crate::Gate)> {
        self.nodes.iter().filter_map(|node| Some((node, node.gate()?)))
    }

    /// The producer of an artefact.
    pub fn producer(&self, artefact: &str) -> Option<(&Node, &crate::Artefact)> {
        self.nodes.iter().filter(|node| node.name == artefact).find_map(|node| Some((node, node.artefact()?)))
    }

    /// The events that start it.
    pub fn events(&self) -> Vec<Event> {
        Event::ALL
            .into_iter()
            .filter(|event| self.triggers.iter().any(|trigger| trigger.event() == *event))
            .collect()
    }
}

/// A stage's index in its pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId(pub usize);

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name, unique in the pipeline.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// The stages it follows directly. For a `finally`, the stages whose end it awaits.
    pub after: Vec<StageId>,
    /// If it is a `finally`, the outcomes for which its jobs run.
    pub finally: Option<Outcomes>,
    /// The condition of the stage. A scheduled run contains a stage with a deploy only if the condition names
    /// `schedule`: see [`Stage::runs_on_schedule`].
    pub condition: Condition,
    /// Where the condition was written.
    pub condition_origin: Option<Origin>,
    /// Whether a scheduled run may contain the stage.
    pub runs_on_schedule: bool,
    /// The maximum time of its own nodes, in milliseconds.
    pub budget: Option<(u64, Origin)>,
    /// The nodes, in source order.
    pub nodes: Vec<NodeId>,
}

/// What became of the stages before a `finally`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Every due node has passed.
    Passed,
    /// Some node has not, and nobody cancelled the run.
    Failed,
    /// The run was cancelled.
    Cancelled,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 3] = [Outcome::Passed, Outcome::Failed, Outcome::Cancelled];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Cancelled => "cancelled",
        }
    }

    /// The outcome with a keyword.
    pub fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// The outcomes for which a `finally` runs, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes([bool; 3]);

impl Outcomes {
    /// All outcomes.
    pub const ALL: Outcomes = Outcomes([true; 3]);

    /// These outcomes.
    pub fn of(outcomes: &[Outcome]) -> Outcomes {
        Outcomes(Outcome::ALL.map(|outcome| outcomes.contains(&outcome)))
    }

    /// Whether an outcome is one of them.
    pub fn contains(self, outcome: Outcome) -> bool {
        self.all().any(|it| it == outcome)
    }

    /// Each of them.
    pub fn all(self) -> impl Iterator<Item = Outcome> {
        Outcome::ALL.into_iter().zip(self.0).filter(|(_, is_one)| *is_one).map(|(outcome, _)| outcome)
    }

    /// The only one, if it is one.
    pub fn only(self) -> Option<Outcome> {
        let mut all = self.all();
        all.next().filter(|_| all.next().is_none())
    }
}

/// An input of a manual run.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: InputType,
    /// Its value if the person gives none.
    pub default: Option<Text>,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// The type of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputType {
    /// Any text.
    String,
    /// A whole or decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these texts.
    OneOf(Vec<String>),
}
