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

use super::legs::{ENV, LEG, MACHINE, SHARD, TOOL, axis, leg_name, shard_index};
use super::runners::machine;
use super::{Lowering, previews, tools};
use crate::document::{Matrix, Strategy};
use crate::template::{Template, escaped};
use pipec_ir::{Binding, Node};
use pipec_lowering::{JobPlan, LegPlan, Legs};
use pipec_yaml::{Mapping, Node as Yaml};
use std::borrow::Cow;

impl Lowering<'_> {
    /// The strategy for the legs of a job, if it has any.
    pub(super) fn strategy(&self, plan: &JobPlan<'_>) -> Option<Strategy> {
        match &plan.legs {
            Legs::None => None,
            Legs::Product { axes, shards } => Some(product(axes, *shards)),
            Legs::Listed(legs) => Some(self.list(plan, self.node_of(plan)?, legs)),
            Legs::Found(job) => Some(previews::each_found(job)),
        }
    }

    /// The legs as a list, each with everything in which it differs.
    fn list(&self, plan: &JobPlan<'_>, node: &Node, legs: &[LegPlan<'_>]) -> Strategy {
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
            self.internal(
                &binding.origin,
                format!("`{variable}` differs between legs and depends on the run"),
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
