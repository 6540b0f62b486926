//! The legs of a node: its matrix, its shards, or each leg in each shard.

use super::runners::machine;
use super::{Lowering, tools};
use crate::document::{Matrix, Strategy};
use crate::expression::{Expression, quoted};
use crate::template::{Template, escaped};
use pipec_base::codes;
use pipec_ir::{Node, NodeLeg, Origin, RunnerHost, ToolVersion};
use pipec_yaml::{Mapping, Node as Yaml};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The keys of a matrix that are no axes: GitHub's own, and those that the compiler adds to a leg.
const RESERVED: [&str; 6] = ["include", "exclude", LEG, MACHINE, ENV, TOOL];
const LEG: &str = "leg";
const MACHINE: &str = "machine";
const ENV: &str = "env";
const TOOL: &str = "tool";
const SHARD: &str = "shard";

/// Whether a script of the node may run on Windows.
pub(super) fn is_on_windows(node: &Node) -> bool {
    node.runners().iter().any(|runner| runner.host == RunnerHost::WindowsX64)
}

/// The value of a variable that legs set.
pub(super) fn leg_value(variable: &str) -> Template {
    Template::expression(format!("matrix.{ENV}.{variable}"))
}

/// The version of a tool that legs have of their own.
pub(super) fn leg_tool(tool: &str) -> Template {
    Template::expression(format!("matrix.{TOOL}.{tool}"))
}

/// The value of an axis.
pub(super) fn axis(name: &str) -> Template {
    Template::expression(format!("matrix.{name}"))
}

/// The number of the shard.
pub(super) fn shard_index() -> Template {
    axis(SHARD)
}

/// The name of an artefact of one leg, as GitHub keeps it: no name of an artefact has a dot.
pub(super) fn kept_name(artefact: &str) -> Template {
    Template::text(format!("{artefact}.")).and(format!("matrix.{LEG}"))
}

/// The name of a node, and of its leg if it has any.
pub(super) fn name_with_leg(node: &Node) -> Template {
    let name = Template::text(node.name.clone());
    if !node.has_legs() {
        return name;
    }
    if !is_product(node) {
        return name.and_text(".").and(format!("matrix.{LEG}"));
    }
    let axes = node.body.matrix.iter().flat_map(|matrix| &matrix.axes).map(|(axis, _)| axis.as_str());
    let shard = node.body.shards.iter().map(|_| SHARD);
    axes.chain(shard).enumerate().fold(name, |name, (place, axis)| {
        name.and_text(if place == 0 { "." } else { "-" }).and(format!("matrix.{axis}"))
    })
}

/// Whether the legs are a plain product in which nothing else differs. What is built is told apart by the leg's name, so
/// there is one.
fn is_product(node: &Node) -> bool {
    let has_axes = node.body.matrix.as_ref().is_none_or(|matrix| !matrix.axes.is_empty());
    has_axes && !node.is_artefact()
}

/// What tells the files of one leg from those of others among all that GitHub keeps.
pub(super) fn kept_pattern(artefact: &str) -> String {
    format!("{artefact}.*")
}

/// The output of a job that is the digest of what a leg built. The outputs of all legs are one set, in which the last one
/// that is not empty counts (actions/runner, `JobExtension.FinalizeJob`, passes over empty ones): each leg has its own.
pub(super) fn digest_output(leg: &str) -> String {
    let plain = |character: char| if character == '.' { '_' } else { character };
    format!("digest-{}", leg.chars().map(plain).collect::<String>())
}

/// The value in the leg of that name, and nothing in the others.
pub(super) fn only_in(leg: &str, value: &str) -> Template {
    let here = Expression::equals(format!("matrix.{LEG}"), leg.to_owned());
    Template::expression(format!("{here} && {value} || {}", quoted("")))
}

impl Lowering<'_> {
    /// How GitHub runs the legs of a node, if it has any: as a plain product of axes where nothing else differs, else as a
    /// list.
    pub(super) fn strategy(&self, node: &Node) -> Option<Strategy> {
        let legs = node.legs();
        if legs.is_empty() {
            return None;
        }
        let axes = node.body.matrix.as_ref().map(|matrix| matrix.axes.as_slice()).unwrap_or_default();
        let shards = node.body.shards.as_ref().map(|(count, _)| *count);
        let shard = shards.map(|_| SHARD);
        for (name, _) in axes {
            if let Some(key) = RESERVED.iter().chain(&shard).find(|key| **key == *name) {
                self.refuse_name(
                    node,
                    format!("`{key}` can't be the name of an axis of `{}` on GitHub, where it means something else", node.name),
                    "choose another name",
                );
            }
        }
        if is_product(node) {
            return Some(product(axes, shards));
        }
        if node.is_artefact() {
            self.check_leg_names(node);
        }
        let machines: Vec<String> = node.runners().into_iter().map(machine).collect();
        let has_machines = machines.iter().any(|machine| machines.first() != Some(machine));
        let listed = legs.iter().map(|leg| self.listed(node, leg, has_machines));
        Some(Strategy {
            label: Template::text(" (").and(format!("matrix.{LEG}")).and_text(")"),
            has_machines,
            matrix: Matrix::Legs(listed.collect()),
        })
    }

    fn listed(&self, node: &Node, leg: &NodeLeg<'_>, has_machines: bool) -> Mapping<'static> {
        let mut listed = Mapping::new().entry(LEG, text(leg.name.clone()));
        if has_machines {
            listed = listed.entry(MACHINE, text(machine(leg.runner(node))));
        }
        let axes = node.body.matrix.as_ref().map(|matrix| matrix.axes.as_slice()).unwrap_or_default();
        for (axis, _) in axes {
            match leg.axis(axis) {
                Some(value) => listed = listed.entry(axis.clone(), text(value.to_owned())),
                None => {
                    self.internal(&node.origin, format!("the leg `{}` has no value of `{axis}`", leg.name))
                }
            }
        }
        if let Some(shard) = leg.shard {
            listed = listed.entry(SHARD, number(shard));
        }
        let own = node.leg_tools();
        if !own.is_empty() {
            let versions = own.into_iter().fold(Mapping::new(), |versions, tool| {
                versions.entry(tool.name.clone(), text(self.version_in_leg(node, leg, &tool.name)))
            });
            listed = listed.entry(TOOL, versions);
        }
        let variables = node.leg_variables();
        if variables.is_empty() {
            return listed;
        }
        let env = variables.into_iter().fold(Mapping::new(), |env, variable| {
            let value = self.value_in_leg(node, leg, &variable.variable);
            env.entry(variable.variable.clone(), text(value))
        });
        listed.entry(ENV, env)
    }

    /// A variable in a leg: its own, else the node's; empty where neither says it.
    fn value_in_leg(&self, node: &Node, leg: &NodeLeg<'_>, variable: &str) -> String {
        let Some(binding) = leg.binding(node, variable) else { return String::new() };
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

    /// The version of a tool in a leg; each leg has an exact one, as the analysis has made sure.
    fn version_in_leg(&self, node: &Node, leg: &NodeLeg<'_>, name: &str) -> String {
        match leg.tool(node, name).map(|tool| &tool.version) {
            Some(ToolVersion::Exact(version)) => tools::given(name, version),
            Some(ToolVersion::FromFile(_) | ToolVersion::OfAxis(_)) | None => {
                self.internal(&node.origin, format!("the leg `{}` has no version of `{name}`", leg.name));
                String::new()
            }
        }
    }

    /// The names of legs that build stand in file names and in outputs of the job, which ignore case.
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
            } else if let Some(other) = seen.insert(digest_output(name).to_ascii_lowercase(), name) {
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
    let mut labels: Vec<Template> = axes.iter().map(|(name, _)| axis(name)).collect();
    if let Some(count) = shards {
        emitted.push((SHARD.to_owned(), (1..=count).map(number).collect()));
        labels.push(shard_index().and_text(format!("/{count}")));
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
