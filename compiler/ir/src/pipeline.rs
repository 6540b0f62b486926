//! The program, its pipelines and their stages.

use crate::{ChangeRule, Condition, Environment, Event, Node, NodeId, Origin, Pins, Role, Text, Trigger};
use pipec_logic::Glob;
use std::collections::BTreeMap;

/// A whole workspace, expanded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// In the order of their declaration, files by path.
    pub pipelines: Vec<Pipeline>,
    /// By name; names are unique in a workspace.
    pub environments: BTreeMap<String, Environment>,
    /// By name.
    pub roles: BTreeMap<String, Role>,
    /// By prefix.
    pub registries: BTreeMap<String, Registry>,
    /// What `pipec.lock` says; nothing if there is none.
    pub lock: Pins,
    /// SHA-256 of each text that was read, 64 hexadecimal digits.
    pub digests: BTreeMap<SourceFile, String>,
}

impl Program {
    /// The registry that an image of this name goes to, if one is declared: that of the longest prefix, whole segments
    /// at a time.
    pub fn registry_of(&self, image: &str) -> Option<&Registry> {
        let fits = |prefix: &str| {
            image.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.registries.values().filter(|registry| fits(&registry.prefix)).max_by_key(|it| it.prefix.len())
    }
}

/// `registry "ghcr.io/acme" { user X password Y }`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// What the names of its images begin with.
    pub prefix: String,
    /// The secret that holds the user's name.
    pub user: String,
    /// The secret that holds the password.
    pub password: String,
    /// Where it was declared.
    pub origin: Origin,
}

/// A file whose text went into a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Relative to the workspace, with `/`; a standard module's name (`std/rust.pipe`).
    pub path: String,
    /// Whether it is a standard module.
    pub is_standard: bool,
}

/// One path from change to production.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pipeline {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its documentation, a line each.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// The file that declares it first, then every module it was read with, by path.
    pub sources: Vec<SourceFile>,
    /// The ways in, in source order.
    pub triggers: Vec<Trigger>,
    /// Branches that only reviewed changes reach.
    pub protected_branches: Vec<Glob>,
    /// Tags that only reviewed changes reach.
    pub protected_tags: Vec<Glob>,
    /// The targets it names; empty: every target.
    pub targets: Vec<(String, Origin)>,
    /// A file name others depend on, by target.
    pub emits: BTreeMap<String, (String, Origin)>,
    /// The longest a run may take, in milliseconds.
    pub budget: Option<(u64, Origin)>,
    /// Who owns it.
    pub owner: Option<String>,
    /// In source order.
    pub changes: Vec<ChangeRule>,
    /// In source order.
    pub stages: Vec<Stage>,
    /// In source order; a node's id is its place here.
    pub nodes: Vec<Node>,
}

impl Pipeline {
    /// The node of that id.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// The node of that name.
    pub fn node_named(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The stage a node stands in.
    pub fn stage_of(&self, node: &Node) -> Option<&Stage> {
        self.stages.get(node.stage.0)
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

/// A stage's place in its pipeline.
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
    /// The stages it follows directly.
    pub after: Vec<StageId>,
    /// When it is in a run. A stage with a deploy is in a scheduled run only if this names `schedule`: see
    /// [`Stage::runs_on_schedule`].
    pub condition: Condition,
    /// Where the condition was written.
    pub condition_origin: Option<Origin>,
    /// Whether a scheduled run may contain it at all.
    pub runs_on_schedule: bool,
    /// The longest its own nodes may take, in milliseconds.
    pub budget: Option<(u64, Origin)>,
    /// In source order.
    pub nodes: Vec<NodeId>,
}

/// An input of a manual run.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: InputType,
    /// Its value where the person gives none.
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
    /// One of these.
    OneOf(Vec<String>),
}
