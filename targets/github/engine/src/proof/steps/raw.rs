//! Raw steps: exactly those of the source, with exactly its inputs, in a job that holds nothing to steal. What they do there
//! is assumed.

use super::{Check, Kind};
use crate::proof::values::{self, Expected};
use crate::read::workflow::{Step, Work};
use crate::read::yaml::Node as Yaml;
use pipec_github_catalogue as catalogue;
use pipec_ir::{Binding, EngineInput, EngineStep, Node, PinnedAction};
use std::collections::BTreeMap;

/// What the ids of raw steps begin with, so that none is taken for a step of the compiler's.
pub(super) const PREFIX: &str = "raw-";

/// A raw step of the source.
pub(super) struct Raw<'n> {
    /// How many of the node's scripts stand before it.
    pub(super) position: usize,
    step: &'n EngineStep,
    /// What the block has said of variables before it.
    env: Vec<&'n Binding>,
}

/// The raw steps of a node, in order.
pub(super) fn of(node: &Node) -> Vec<Raw<'_>> {
    let mut all = Vec::new();
    for block in node.body.engines.iter().filter(|block| block.target == "github") {
        let mut env: Vec<&Binding> = Vec::new();
        for step in &block.steps {
            match step {
                EngineStep::Env(binding) => {
                    env.retain(|other| other.variable != binding.variable);
                    env.push(binding);
                }
                EngineStep::Run(_) | EngineStep::Action { .. } => {
                    all.push(Raw { position: block.position, step, env: env.clone() });
                }
            }
        }
    }
    all
}

impl Check<'_, '_, '_> {
    /// A job with raw steps holds no secret and proves no identity: they can do anything in it.
    pub(super) fn beside_raw_steps(&mut self, kinds: &[Kind]) {
        if !kinds.iter().any(|kind| matches!(kind, Kind::Raw(_))) {
            return;
        }
        for (text, line) in self.job.node.strings() {
            // Any mention: what a text says besides does not matter.
            if text.contains("secrets.") || text.contains("secrets[") {
                self.differs("raw steps would meet a secret", line);
            }
        }
        if kinds.contains(&Kind::Identity) || self.job.node.get("environment").is_some() {
            self.differs("raw steps would meet an identity or an environment", self.job.line);
        }
    }

    /// A raw step is what the source says.
    pub(super) fn raw(&mut self, place: usize, step: &Step) {
        let node = self.node;
        let all = of(node);
        let Some(raw) = all.get(place) else { return };
        let of_block =
            raw.env.iter().map(|binding| (binding.variable.clone(), Expected::Text(binding.value.clone())));
        match raw.step {
            EngineStep::Run(script) => {
                if !self.is_script(&script.script, step) {
                    self.differs("a raw step runs another script", step.line);
                }
                let own: BTreeMap<String, Expected> = of_block.collect();
                let mut expected = values::variables(self.gating, node, self.is_untrusted_twin());
                expected.retain(|(name, _)| !own.contains_key(name));
                expected.extend(own);
                self.script_env(step, expected);
            }
            EngineStep::Action { name, action, inputs, .. } => {
                self.called(action, step);
                self.inputs(inputs, step);
                let id = step.id.as_deref().and_then(|id| id.strip_prefix(PREFIX));
                if name.is_some() && id != name.as_deref() {
                    self.differs("a raw step has another name", step.line);
                }
                self.script_env(step, of_block.collect());
            }
            EngineStep::Env(_) => {}
        }
        let twice = self.job.steps.iter().filter(|other| other.id == step.id).count();
        if twice > 1 {
            self.differs("two raw steps have one name", step.line);
        }
    }

    /// The step calls the action of the source, at a commit that is known for the version asked for.
    fn called(&mut self, wanted: &str, step: &Step) {
        let Work::Uses(uses) = &step.work else {
            return self.differs("a raw step does not call its action", step.line);
        };
        let (Some((name, version)), Some((given, commit))) = (wanted.split_once('@'), uses.split_once('@'))
        else {
            return self.differs("a raw step calls an action without a version", step.line);
        };
        let lock = &self.gating.program.lock.actions;
        let is_named = |known: &PinnedAction| {
            let major = known.version.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'));
            known.name.eq_ignore_ascii_case(name)
                && (known.version == version || known.commit == version || major)
        };
        let fits = |known: &PinnedAction| is_named(known) && known.name == given && known.commit == commit;
        // What the lock says of a version is what it is.
        let is_known = if lock.iter().any(is_named) {
            lock.iter().any(fits)
        } else {
            catalogue::versions(name).any(fits)
        };
        if version.is_empty() || !is_known {
            self.differs(format!("`{uses}` is not what `{wanted}` calls"), step.line);
        }
    }

    fn inputs(&mut self, wanted: &[EngineInput], step: &Step) {
        let given = step.node.get("with").map(Yaml::entries).unwrap_or_default();
        for (name, value) in given {
            let wanted = wanted.iter().find(|input| *name == input.key);
            let same = wanted.is_some_and(|input| {
                values::is_expected(value, &Expected::Text(input.value.clone()), self.gating, self.job)
            });
            if !same {
                self.differs(format!("a raw step is given another `{name}`"), value.line);
            }
        }
        for input in wanted.iter().filter(|input| catalogue::is_code(&input.key)) {
            if input.value.facts().next().is_some() {
                self.differs(
                    format!("a value of the run is part of `{}`, which is code", input.key),
                    step.line,
                );
            }
        }
        if given.len() != wanted.len() {
            self.differs("a raw step has more or fewer inputs", step.line);
        }
    }
}
