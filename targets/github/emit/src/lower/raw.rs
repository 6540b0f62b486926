//! Raw steps: the steps of `engine github` blocks, unchanged.
//!
//! Each action is pinned, and has each input that it is given.

use super::Lowering;
use super::runners::Place;
use crate::document::{CalledAction, Input, Step, Work};
use crate::template::Template;
use pipec_github_catalogue::{Called, called};
use pipec_ir::{EngineBlock, EngineInput, EngineStep, InputForm, Node, RunnerHost};
use pipec_lowering::Unit;
use pipec_lowering::acts::{directory, title};
use pipec_runtime::names::RAW;
use std::sync::Arc;

/// The id of a raw step that was given this name.
pub(super) fn id(name: &str) -> String {
    format!("{RAW}{name}")
}

impl<'a> Lowering<'a> {
    /// The raw steps of each block of a node.
    pub(super) fn raw_steps(
        &self,
        node: &'a Node,
        unit: &Unit,
        place: Place,
        environment: &[(String, Template)],
    ) -> Vec<Vec<Step>> {
        let mut number = 0;
        let blocks = node.body.blocks_for("github");
        blocks
            .map(|block| {
                let mut steps = self.block_steps(block, node, (unit, place), environment);
                for step in &mut steps {
                    number += 1;
                    step.id.get_or_insert_with(|| id(&number.to_string()));
                }
                if let Some(first) = steps.first_mut() {
                    first.comments.push(format!("raw, because: {}", block.because));
                }
                steps
            })
            .collect()
    }

    fn block_steps(
        &self,
        block: &'a EngineBlock,
        node: &'a Node,
        (unit, place): (&Unit, Place),
        environment: &[(String, Template)],
    ) -> Vec<Step> {
        let mut variables: Vec<(String, Template)> = Vec::new();
        let mut steps = Vec::new();
        for step in &block.steps {
            match step {
                EngineStep::Env(binding) => {
                    variables.retain(|(name, _)| *name != binding.variable);
                    variables.push((binding.variable.clone(), self.text(&binding.value, unit, place)));
                }
                EngineStep::Run(script) => {
                    let is_own = |name: &str| variables.iter().any(|(variable, _)| variable == name);
                    let inherits = |name: &str| !is_own(name) && node.gives(script, name);
                    let inherited = environment.iter().filter(|(name, _)| inherits(name)).cloned();
                    let all: Vec<(String, Template)> = inherited.chain(variables.clone()).collect();
                    let title = title(node, script).into_owned();
                    let on_windows =
                        node.runners().iter().any(|runner| runner.host == RunnerHost::WindowsX64);
                    let step = self.script_step(&node.name, script, title, all, on_windows);
                    steps.push(Step { directory: directory(node).map(str::to_owned), ..step });
                }
                EngineStep::Action { name, action, inputs, origin } => {
                    let Called::Pinned(pinned) = called(action, &self.program.lock) else {
                        self.internal(origin, format!("no commit is known for `{action}`"));
                        continue;
                    };
                    let given =
                        inputs.iter().map(|input| (input.key.clone(), self.given(input, unit, place)));
                    let called = format!("Call {}", pinned.name);
                    let mut step = Step::run(Template::text(called), "");
                    step.work = Work::Uses(CalledAction::Shared(Arc::new(pinned.clone())), given.collect());
                    step.env = variables.clone();
                    step.id = name.as_deref().map(id);
                    steps.push(step);
                }
            }
        }
        steps
    }

    fn given(&self, input: &'a EngineInput, unit: &Unit, place: Place) -> Input {
        match (input.form, input.value.as_literal()) {
            (InputForm::Boolean, Some(literal)) => Input::Flag(literal == "true"),
            (InputForm::Integer, Some(literal)) if literal.parse::<i64>().is_ok() => {
                Input::Number(literal.parse().unwrap_or_default())
            }
            _ => Input::Text(self.text(&input.value, unit, place)),
        }
    }
}
