//! The legs of a job: its matrix, its shards, or each leg in each shard.
//!
//! For example, `matrix { os ["linux", "mac"] }` with `shard 2` becomes
//!
//! ```text
//! Product { axes: [("os", ["linux", "mac"])], shards: Some(2) }
//! ```
//!
//! If the legs differ in more than these values, or build an artefact, each leg is listed with its name.

use crate::value::{Part, Value};
use pipec_ir::{Binding, Node, NodeLeg, Runner, ToolVersion};

/// The legs of a job.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Legs<'p> {
    /// The job runs once.
    #[default]
    None,
    /// It runs for each combination of values, and nothing else differs.
    Product {
        /// The axes, each with its values.
        axes: &'p [(String, Vec<String>)],
        /// The number of shards.
        shards: Option<u64>,
    },
    /// It runs for each of these.
    Listed(Vec<LegPlan<'p>>),
    /// It runs for each pull request that the job of this name found.
    Found(String),
}

/// A leg of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct LegPlan<'p> {
    /// Its name.
    pub name: String,
    /// Where it runs.
    pub runner: &'p Runner,
    /// Its value of each axis.
    pub axes: Vec<(&'p str, Option<&'p str>)>,
    /// Its shard, from 1.
    pub shard: Option<u64>,
    /// The exact version of each tool that legs have of their own.
    pub tools: Vec<(&'p str, Option<&'p str>)>,
    /// The value of each variable that legs set. `None` if neither the leg nor the node has one.
    pub variables: Vec<(&'p str, Option<&'p Binding>)>,
}

/// The legs of a node.
pub(crate) fn of(node: &Node) -> Legs<'_> {
    if !node.has_legs() {
        return Legs::None;
    }
    if is_product(node) {
        return Legs::Product { axes: axes(node), shards: shards(node) };
    }
    Legs::Listed(node.legs().into_iter().map(|leg| listed(node, leg)).collect())
}

fn listed<'p>(node: &'p Node, leg: NodeLeg<'p>) -> LegPlan<'p> {
    let axes = axes(node).iter().map(|(axis, _)| (axis.as_str(), leg.axis(axis)));
    let tools = node.leg_tools().into_iter().map(|tool| {
        let version = leg.tool(node, &tool.name).and_then(|tool| match &tool.version {
            ToolVersion::Exact(version) => Some(version.as_str()),
            ToolVersion::FromFile(_) | ToolVersion::OfAxis(_) => None,
        });
        (tool.name.as_str(), version)
    });
    let variables = node.leg_variables().into_iter();
    let variables =
        variables.map(|variable| (variable.variable.as_str(), leg.binding(node, &variable.variable)));
    LegPlan {
        axes: axes.collect(),
        tools: tools.collect(),
        variables: variables.collect(),
        runner: leg.runner(node),
        shard: leg.shard,
        name: leg.name,
    }
}

fn axes(node: &Node) -> &[(String, Vec<String>)] {
    node.body.matrix.as_ref().map(|matrix| matrix.axes.as_slice()).unwrap_or_default()
}

fn shards(node: &Node) -> Option<u64> {
    node.body.shards.as_ref().map(|(count, _)| *count)
}

/// Whether the legs are a plain product, and differ in nothing else.
///
/// Legs that build are listed, because what they build is identified by the name of the leg.
pub fn is_product(node: &Node) -> bool {
    let has_axes = node.body.matrix.as_ref().is_none_or(|matrix| !matrix.axes.is_empty());
    has_axes && !node.is_artefact()
}

/// The name of a node, and of its leg if it has any.
pub(crate) fn name_with_leg(node: &Node) -> Value<'_> {
    let name = Value::text(node.name.as_str());
    if !node.has_legs() {
        return name;
    }
    if !is_product(node) {
        return name.and_text(".").and(Part::LegName);
    }
    let axes = axes(node).iter().map(|(axis, _)| Part::Axis(axis));
    let parts = axes.chain(shards(node).map(|_| Part::Shard));
    parts
        .enumerate()
        .fold(name, |name, (place, part)| name.and_text(if place == 0 { "." } else { "-" }).and(part))
}
