//! Raw steps: exactly those of the source, in a job without secrets.
//!
//! They have exactly the inputs of the source. Their effect is an assumption.
//!
//! ```yaml
//! - id: raw-node                          # node = action "actions/setup-node@v7"(node-version: "22")
//!   uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020    # a known commit of v7
//!   with:
//!     node-version: "20"                  # a finding: "a raw step is given another `node-version`"
//! ```

use super::{Check, Kind};
use crate::values::Wanted;
use pipec_ir::{Binding, EngineInput, EngineStep, Node};
use pipec_model::{ActionCall, Does, Given, Step};
use pipec_runtime::names::RAW;
use std::collections::BTreeMap;

/// A raw step of the source.
pub(super) struct Raw<'n> {
    /// The number of the node's scripts before it.
    pub(super) position: usize,
    step: &'n EngineStep,
    /// The variables that the block has set before it.
    env: Vec<&'n Binding>,
}

/// The raw steps of a node, in order.
pub(super) fn of<'n>(node: &'n Node, target: &str) -> Vec<Raw<'n>> {
    let mut all = Vec::new();
    for block in node.body.blocks_for(target) {
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
    /// Checks that a job with raw steps has no secret and no identity. Raw steps can do anything in it.
    pub(super) fn beside_raw_steps(&mut self, kinds: &[Kind]) {
        if !kinds.iter().any(|kind| matches!(kind, Kind::Raw(_))) {
            return;
        }
        // Any mention counts, whatever else a text contains.
        for line in &self.job.mentions.secrets {
            self.differs("raw steps would meet a secret", *line);
        }
        let signs_in = [Kind::Identity, Kind::RegistryIdentity].iter().any(|kind| kinds.contains(kind));
        if signs_in || self.job.environment.is_some() {
            self.differs("raw steps would meet an identity or an environment", self.job.line);
        }
    }

    /// Checks that a raw step is the one of the source.
    pub(super) fn raw(&mut self, place: usize, step: &Step) {
        let node = self.node;
        let all = of(node, self.gating.engine.name());
        let Some(raw) = all.get(place) else { return };
        let of_block = self.scene().bound(raw.env.iter().copied());
        match raw.step {
            EngineStep::Run(script) => {
                let same = match &step.does {
                    Does::Script(text) => self.is_script(&script.script, text),
                    _ => false,
                };
                if !same {
                    self.differs("a raw step runs another script", step.line);
                }
                let own: BTreeMap<String, Option<pipec_model::Value>> = of_block.into_iter().collect();
                let mut wanted: Vec<Wanted> = self.scene().variables();
                let inherits = |name: &str| node.gives(script, name);
                wanted.retain(|(name, _)| !own.contains_key(name) && inherits(name));
                wanted.extend(own);
                self.script_env(step, &wanted);
            }
            EngineStep::Action { name, action, inputs, .. } => {
                let Some(call) = &step.action else {
                    return self.differs("a raw step does not call its action", step.line);
                };
                self.called(action, call, step.line);
                self.inputs(inputs, call, step.line);
                let id = step.id.as_deref().and_then(|id| id.strip_prefix(RAW));
                if name.is_some() && id != name.as_deref() {
                    self.differs("a raw step has another name", step.line);
                }
                self.script_env(step, &of_block);
            }
            EngineStep::Env(_) => {}
        }
        let twice = self.steps().iter().filter(|other| other.id == step.id).count();
        if twice > 1 {
            self.differs("two raw steps have one name", step.line);
        }
    }

    /// Checks that the step calls the action of the source. Its commit must be a known one of the requested version.
    fn called(&mut self, wanted: &str, call: &ActionCall, line: usize) {
        let uses = &call.uses;
        if !self.gating.engine.calls(uses, wanted, &self.gating.program.lock) {
            self.differs(format!("`{uses}` is not what `{wanted}` calls"), line);
        }
    }

    fn inputs(&mut self, wanted: &[EngineInput], call: &ActionCall, line: usize) {
        for Given { name, value, line, .. } in &call.inputs {
            let wanted = wanted.iter().find(|input| **name == input.key);
            let wanted = wanted.and_then(|input| self.scene().text(&input.value));
            if !wanted.is_some_and(|wanted| value.is(&wanted)) {
                self.differs(format!("a raw step is given another `{name}`"), *line);
            }
        }
        for input in wanted.iter().filter(|input| self.gating.engine.executes_input(&input.key)) {
            if input.value.facts().next().is_some() {
                self.differs(format!("a value of the run is part of `{}`, which is code", input.key), line);
            }
        }
        if call.inputs.len() != wanted.len() {
            self.differs("a raw step has more or fewer inputs", line);
        }
    }
}
