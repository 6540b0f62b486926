//! Legs that GitHub can't run: names of axes and legs, and values that differ between legs.

use super::Refusals;
use crate::lower::legs::{ENV, LEG, MACHINE, SHARD, TOOL, output};
use pipec_base::codes;
use pipec_ir::{Node, NodeLeg, Origin};
use pipec_lowering::is_product;
use std::collections::BTreeMap;

/// The keys of a matrix that are no axes: GitHub's own, and those that the compiler adds to a leg.
const RESERVED: [&str; 6] = ["include", "exclude", LEG, MACHINE, ENV, TOOL];

impl Refusals<'_> {
    /// Axes and values of the legs of a node.
    pub(super) fn check_legs(&self, node: &Node) {
        let axes = node.body.matrix.iter().flat_map(|matrix| &matrix.axes);
        let shard = node.body.shards.as_ref().map(|_| SHARD);
        for (name, _) in axes {
            if let Some(key) = RESERVED.iter().chain(&shard).find(|key| **key == *name) {
                self.refuse_name(
                    node,
                    format!(
                        "`{key}` can't be the name of an axis of `{}` on GitHub, where it means something else",
                        node.name
                    ),
                    "choose another name",
                );
            }
        }
        let legs = node.legs();
        if legs.is_empty() || is_product(node) {
            return;
        }
        if node.is_artefact() {
            self.check_leg_names(node);
        }
        for leg in &legs {
            self.check_values(node, leg);
        }
    }

    /// GitHub expands a matrix before the run, so the values in it are known then.
    fn check_values(&self, node: &Node, leg: &NodeLeg<'_>) {
        for variable in node.leg_variables() {
            let variable = &variable.variable;
            let Some(binding) = leg.binding(node, variable) else { continue };
            if binding.value.as_literal().is_none() {
                self.error(
                    codes::P1101,
                    &binding.origin,
                    format!(
                        "`{variable}` differs between legs, so in this version it can't depend on the run on github"
                    ),
                    "give it a value that is known before the run, or pass the run value in another variable, \
                     in the `env` of the node",
                );
            }
        }
    }

    /// Refuses names of legs that can't be in file names and outputs.
    ///
    /// Outputs ignore case.
    pub(super) fn check_leg_names(&self, node: &Node) {
        let legs = node.legs();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for leg in &legs {
            let name = &leg.name;
            let plain =
                |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
            let begins_well = name.starts_with(|first: char| first.is_ascii_alphanumeric());
            if !name.chars().all(plain) || !begins_well || name.ends_with('.') {
                self.refuse_name(
                    node,
                    format!(
                        "the result of the leg `{name}` of `{}` can't be stored under that name",
                        node.name
                    ),
                    "name the legs: `matrix { linux { … } mac { … } }`",
                );
            } else if let Some(other) = seen.insert(output("digest", Some(name)).to_ascii_lowercase(), name) {
                self.refuse_name(
                    node,
                    format!(
                        "the legs `{other}` and `{name}` of `{}` have the same name on GitHub",
                        node.name
                    ),
                    "name the legs: `matrix { linux { … } mac { … } }`",
                );
            }
        }
    }

    fn refuse_name(&self, node: &Node, message: String, help: &str) {
        let matrix = node.body.matrix.as_ref().map(|matrix| &matrix.origin);
        let origin: &Origin = matrix.unwrap_or(&node.origin);
        self.error(codes::P1102, origin, message, help);
    }
}
