//! Legs as GitHub's `strategy`: a product of axes, or a list.
//!
//! For example, the legs `linux` and `mac` on machines of their own become
//!
//! ```yaml
//! strategy:
//!   fail-fast: false
//!   matrix:
//!     include:
//!       - leg: linux
//!         machine: ubuntu-24.04
//!       - leg: mac
//!         machine: macos-15
//! ```

use super::legs::{ENV, LEG, MACHINE, SHARD, TOOL, axis, leg_name, output, shard_index};
use super::runners::machine;
use super::{Lowering, previews, tools};
use crate::document::{Matrix, Strategy};
use crate::template::{Template, escaped};
use pipec_base::codes;
use pipec_ir::{Binding, Node, Origin};
use pipec_lowering::{JobPlan, LegPlan, Legs};
use pipec_yaml::{Mapping, Node as Yaml};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The keys of a matrix that GitHub or the compiler uses itself.
const RESERVED: [&str; 6] = ["include", "exclude", LEG, MACHINE, ENV, TOOL];

impl Lowering<'_> {
    /// The strategy for the legs of a job, if it has any.
    pub(super) fn strategy(&self, plan: &JobPlan<'_>) -> Option<Strategy> {
        match &plan.legs {
            Legs::None => None,
            Legs::Product { axes, shards } => {
                let names = axes.iter().map(|(name, _)| name.as_str());
                self.check_axes(self.node_of(plan)?, names, shards.is_some());
                Some(product(axes, *shards))
            }
            Legs::Listed(legs) => Some(self.list(plan, self.node_of(plan)?, legs)),
            Legs::Found(job) => Some(previews::each_found(job)),
        }
    }

    fn check_axes<'n>(&self, node: &Node, axes: impl Iterator<Item = &'n str>, has_shards: bool) {
        let shard = has_shards.then_some(SHARD);
        for name in axes {
            if let Some(key) = RESERVED.iter().chain(&shard).find(|key| **key == name) {
                self.refuse_name(
                    node,
                    format!("`{key}` can't be the name of an axis of `{}` on GitHub, where it means something else", node.name),
                    "choose another name",
                );
            }
        }
    }

    /// The legs as a list, each with everything in which it differs.
    fn list(&self, plan: &JobPlan<'_>, node: &Node, legs: &[LegPlan<'_>]) -> Strategy {
        if let Some(first) = legs.first() {
            self.check_axes(node, first.axes.iter().map(|(name, _)| *name), first.shard.is_some());
        }
        if node.is_artefact() {
            self.check_leg_names(node);
        }
        let machines: Vec<String> = plan.runners.iter().copied().map(machine).collect();
        let has_machines = machines.iter().any(|machine| machines.first() != Some(machine));
        let listed = legs.iter().map(|leg| self.listed(node, leg, has_machines));
        Strategy {
            label: Template::text(" (").and(leg_name()).and_text(")"),
            has_machines,
            matrix: Matrix::Legs(listed.collect()),
        }
    }

    fn listed(&self, node: &Node, leg: &LegPlan<'_>, has_machines: bool) -> Mapping<'static> {
        let mut listed = Mapping::new().entry(LEG, text(leg.name.clone()));
        if has_machines {
            listed = listed.entry(MACHINE, text(machine(leg.runner)));
        }
        for (axis, value) in &leg.axes {
            match value {
                Some(value) => listed = listed.entry((*axis).to_owned(), text((*value).to_owned())),
                None => {
                    self.internal(&node.origin, format!("the leg `{}` has no value of `{axis}`", leg.name))
                }
            }
        }
        if let Some(shard) = leg.shard {
            listed = listed.entry(SHARD, number(shard));
        }
        if !leg.tools.is_empty() {
            let versions = leg.tools.iter().fold(Mapping::new(), |versions, (tool, version)| {
                versions.entry((*tool).to_owned(), text(self.version_in_leg(node, leg, tool, *version)))
            });
            listed = listed.entry(TOOL, versions);
        }
        if leg.variables.is_empty() {
            return listed;
        }
        let env = leg.variables.iter().fold(Mapping::new(), |env, (variable, binding)| {
            let value = binding.map(|binding| self.value_in_leg(variable, binding)).unwrap_or_default();
            env.entry((*variable).to_owned(), text(value))
        });
        listed.entry(ENV, env)
    }

    /// The value of a variable that differs between legs.
    fn value_in_leg(&self, variable: &str, binding: &Binding) -> String {
        binding.value.as_literal().map(str::to_owned).unwrap_or_else(|| {
            self.error(
                codes::P1101,
                &binding.origin,
                format!("`{variable}` differs between legs, so in this version it can't depend on the run on github"),
                "give it a value that is known before the run, or pass the run value in another variable, \
                 in the `env` of the node",
            );
            String::new()
        })
    }

    /// The version of a tool in a leg. The analysis has made sure that each leg has an exact one.
    fn version_in_leg(&self, node: &Node, leg: &LegPlan<'_>, tool: &str, version: Option<&str>) -> String {
        version.map(|version| tools::given(tool, version)).unwrap_or_else(|| {
            self.internal(&node.origin, format!("the leg `{}` has no version of `{tool}`", leg.name));
            String::new()
        })
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

/// The plain product of all axes and the shards.
fn product(axes: &[(String, Vec<String>)], shards: Option<u64>) -> Strategy {
    let mut emitted: Vec<(String, Vec<Yaml<'static>>)> = axes
        .iter()
        .map(|(name, values)| (name.clone(), values.iter().cloned().map(text).collect()))
        .collect();
    let mut labels: Vec<Template> = axes.iter().map(|(name, _)| Template::expression(axis(name))).collect();
    if let Some(count) = shards {
        emitted.push((SHARD.to_owned(), (1..=count).map(number).collect()));
        labels.push(Template::expression(shard_index()).and_text(format!("/{count}")));
    }
    let mut label = Template::text(" (");
    for (place, part) in labels.into_iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        label = label.and_text(comma).and_template(part);
    }
    Strategy { label: label.and_text(")"), has_machines: false, matrix: Matrix::Axes(emitted) }
}

fn text(text: String) -> Yaml<'static> {
    Yaml::plain_or_quoted(escaped(Cow::Owned(text)))
}

fn number(number: u64) -> Yaml<'static> {
    i64::try_from(number).map_or_else(|_| Yaml::plain_or_quoted(number.to_string()), Yaml::Integer)
}
