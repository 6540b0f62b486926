//! The tools of a node's scripts, each at the version that the source names.
//!
//! For example, `tool go "1.24.1"` becomes `SetUp(go, Exact("1.24.1"))`.

use crate::acts::{Act, Does, Version};
use pipec_ir::{Node, Tool, ToolVersion};

/// The acts that set up tools. Tools that only legs name are last.
pub(crate) fn set_up(node: &Node) -> impl Iterator<Item = Act<'_>> {
    let of_legs = node.leg_tools();
    let own = node.body.tools.iter();
    let only_of_legs: Vec<&Tool> = of_legs
        .iter()
        .copied()
        .filter(|tool| !node.body.tools.iter().any(|own| own.name == tool.name))
        .collect();
    own.chain(only_of_legs).map(move |tool| {
        let version = match &tool.version {
            _ if of_legs.iter().any(|leg| leg.name == tool.name) => Version::OfLeg,
            ToolVersion::Exact(version) => Version::Exact(version),
            ToolVersion::FromFile(file) => Version::InFile(file),
            ToolVersion::OfAxis(axis) => Version::OfAxis(axis, values(node, axis)),
        };
        Act::new(format!("Set up {}", tool.name), Does::SetUp(tool, version))
    })
}

/// The values of an axis.
fn values<'p>(node: &'p Node, axis: &str) -> &'p [String] {
    let axes = node.body.matrix.iter().flat_map(|matrix| &matrix.axes);
    let mut values = axes.filter(|(name, _)| name == axis).map(|(_, values)| values.as_slice());
    values.next().unwrap_or_default()
}
