//! Dangling names: artefacts, environments, roles and secrets that are not in the program.
//!
//! The analysis resolves names and reports unknown ones, so later lookups by name can't fail. If this module still
//! finds one, that is an error of the compiler, and the program is neither proven nor built. For example, `deploy app
//! to production` needs an artefact `app` and an environment `production` in the program.

use crate::{Environment, Fact, Node, Origin, Pipeline, Program, Text};

/// A name without a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// The kind of the missing thing: `artefact`.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// The place of the name.
    pub origin: Origin,
}

impl Program {
    /// The dangling names in a pipeline and in the environments that it enters.
    pub fn dangling(&self, pipeline: &Pipeline) -> Vec<Dangling> {
        let mut search = Search { program: self, pipeline, found: Vec::new() };
        for node in &pipeline.nodes {
            search.node(node);
        }
        for environment in self.entered(pipeline) {
            search.environment(environment);
        }
        if let Some(owner) = &pipeline.owner {
            search.role(owner, &pipeline.origin);
        }
        search.found
    }
}

struct Search<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    found: Vec<Dangling>,
}

impl Search<'_> {
    fn require(&mut self, is_there: bool, what: &'static str, name: &str, origin: &Origin) {
        if !is_there {
            self.found.push(Dangling { what, name: name.to_owned(), origin: origin.clone() });
        }
    }

    fn artefact(&mut self, name: &str, origin: &Origin) {
        let is_there = self.pipeline.producer(name).is_some();
        self.require(is_there, "artefact", name, origin);
    }

    fn image(&mut self, name: &str, origin: &Origin) {
        let is_there = self.pipeline.producer(name).is_some_and(|(_, artefact)| artefact.image().is_some());
        self.require(is_there, "image", name, origin);
    }

    fn named_environment(&mut self, name: &str, origin: &Origin) {
        let is_there = self.program.environments.contains_key(name);
        self.require(is_there, "environment", name, origin);
    }

    fn role(&mut self, name: &str, origin: &Origin) {
        let is_there = self.program.roles.contains_key(name);
        self.require(is_there, "role", name, origin);
    }

    fn environment(&mut self, environment: &Environment) {
        if let Some(approval) = &environment.approval {
            self.role(&approval.role, &approval.origin);
        }
        for (before, origin) in &environment.after {
            self.named_environment(before, origin);
        }
        for binding in environment.teardown.iter().flat_map(|teardown| &teardown.env) {
            self.teardown_text(environment, &binding.value, &binding.origin);
        }
    }

    /// Checks a text of a teardown. It runs without a node: only the secrets of its environment are there.
    fn teardown_text(&mut self, environment: &Environment, text: &Text, origin: &Origin) {
        for fact in text.facts() {
            let (is_there, what) = match fact {
                Fact::Secret(name) => {
                    (environment.secrets.iter().any(|secret| secret.variable == *name), "secret")
                }
                Fact::ArtefactDigest(_)
                | Fact::ArtefactPath(_)
                | Fact::ArtefactRef(_)
                | Fact::ArtefactName(_) => (false, "artefact"),
                Fact::Matrix(_) | Fact::ShardIndex | Fact::ShardCount | Fact::StepOutput { .. } => {
                    (false, "fact")
                }
                _ => (true, "fact"),
            };
            self.require(is_there, what, &fact.to_string(), origin);
        }
    }

    fn node(&mut self, node: &Node) {
        let has_stage = self.pipeline.stage_of(node).is_some();
        self.require(has_stage, "stage of", &node.name, &node.origin);
        if let Some(deploy) = node.deploy() {
            self.named_environment(&deploy.environment, &deploy.environment_origin);
            deploy.artefacts.iter().for_each(|name| self.artefact(name, &node.origin));
        }
        if let Some(gate) = node.gate() {
            gate.of.iter().for_each(|name| self.artefact(name, &node.origin));
        }
        if let Some(rule) = node.overriding() {
            self.role(&rule.role, &rule.origin);
        }
        for (name, origin) in &node.body.uses {
            self.artefact(name, origin);
        }
        for (name, origin) in &node.body.reads {
            self.named_environment(name, origin);
        }
        for (text, origin) in self.program.texts_of(node) {
            self.text(node, text, origin);
        }
    }

    fn text(&mut self, node: &Node, text: &Text, origin: &Origin) {
        for fact in text.facts() {
            match fact {
                Fact::ArtefactDigest(name) | Fact::ArtefactPath(name) => self.artefact(name, origin),
                Fact::ArtefactRef(name) | Fact::ArtefactName(name) => self.image(name, origin),
                Fact::Secret(name) => {
                    let is_there = self.program.secrets_of(node).any(|secret| secret.variable == *name);
                    self.require(is_there, "secret", name, origin);
                }
                Fact::Matrix(name) => {
                    let is_axis = |(axis, _): &(String, Vec<String>)| axis == name;
                    let is_there = node.body.matrix.iter().any(|matrix| matrix.axes.iter().any(is_axis));
                    self.require(is_there, "axis", name, origin);
                }
                Fact::ShardIndex | Fact::ShardCount => {
                    let is_there = node.body.shards.is_some();
                    self.require(is_there, "fact", &fact.to_string(), origin);
                }
                // A theorem decides in which kinds of runs these are known.
                Fact::CommitSha
                | Fact::CommitShort
                | Fact::TagName
                | Fact::TagVersion
                | Fact::BranchName
                | Fact::PullRequestNumber
                | Fact::RunNumber
                | Fact::RunUrl
                | Fact::StepOutput { .. }
                | Fact::Input(_) => {}
                Fact::Setting { at, name } => {
                    self.require(self.program.settings.contains_key(at), "setting", name, origin);
                }
            }
        }
    }
}
