//! The texts of a node: the values of its variables, and the inputs of its raw steps.

use crate::{Action, Binding, EngineStep, Fact, Node, Origin, Program, Setting, Text};

impl Program {
    /// The texts of a node and of the environment that it deploys to, with their places.
    pub fn texts_of<'p>(&'p self, node: &'p Node) -> Vec<(&'p Text, &'p Origin)> {
        fn values<'b>(bindings: impl IntoIterator<Item = &'b Binding>) -> Vec<(&'b Text, &'b Origin)> {
            bindings.into_iter().map(|binding| (&binding.value, &binding.origin)).collect()
        }
        let body = &node.body;
        let mut texts = values(self.bindings_of(node));
        let environment = self.environment_of(node);
        texts.extend(
            environment.and_then(|environment| Some((environment.url.as_ref()?, &environment.origin))),
        );
        let ready = body.sidecars.iter().filter_map(|sidecar| sidecar.ready.as_ref());
        let actions: Vec<&Action> = node.actions().chain(ready).collect();
        texts.extend(values(actions.into_iter().flat_map(|action| &action.env)));
        texts.extend(values(body.sidecars.iter().flat_map(|sidecar| &sidecar.env)));
        texts.extend(values(body.matrix.iter().flat_map(|matrix| &matrix.legs).flat_map(|leg| &leg.env)));
        for step in body.engines.iter().flat_map(|block| &block.steps) {
            match step {
                EngineStep::Run(_) => {}
                EngineStep::Env(binding) => texts.push((&binding.value, &binding.origin)),
                EngineStep::Action { inputs, .. } => {
                    texts.extend(inputs.iter().map(|input| (&input.value, &input.value_origin)));
                }
            }
        }
        texts
    }

    /// The settings that a node reads, each once, in the order of its texts.
    pub fn settings_of<'p>(&'p self, node: &'p Node) -> Vec<&'p Setting> {
        let mut found: Vec<&Setting> = Vec::new();
        for fact in self.texts_of(node).into_iter().flat_map(|(text, _)| text.facts()) {
            if let Fact::Setting { at, .. } = fact
                && let Some(setting) = self.settings.get(at)
                && !found.iter().any(|known| known.at == setting.at)
            {
                found.push(setting);
            }
        }
        found
    }
}
