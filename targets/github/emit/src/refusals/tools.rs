//! Tools that GitHub can't set up at the version that the source names.

use super::Refusals;
use crate::lower::tools::{RUST, TOOLCHAINS, setup, version_prefix};
use pipec_base::codes;
use pipec_ir::{Node, Tool, ToolVersion};

impl Refusals<'_> {
    /// The tools of a node, and those that only its legs name.
    pub(super) fn check_tools(&self, node: &Node) {
        let of_legs = node.leg_tools();
        let is_own = |tool: &&Tool| node.body.tools.iter().any(|own| own.name == tool.name);
        let of_legs_alone = of_legs.iter().copied().filter(|tool| !is_own(tool));
        for tool in node.body.tools.iter().chain(of_legs_alone) {
            self.check_tool(node, tool, of_legs.iter().any(|leg| leg.name == tool.name));
        }
    }

    fn check_tool(&self, node: &Node, tool: &Tool, differs_in_legs: bool) {
        let setup = setup(&tool.name);
        if setup.is_none() && tool.name != RUST {
            self.error(
                codes::P1101,
                &tool.origin,
                format!("tool `{}` can't be set up on github by this version", tool.name),
                "install a fixed version in a `run`",
            );
            return;
        }
        if differs_in_legs {
            return;
        }
        match (&tool.version, setup) {
            (ToolVersion::Exact(_), _) => {}
            (ToolVersion::OfAxis(axis), _) if version_prefix(tool, values_of(node, axis)).is_none() => self
                .error(
                    codes::P1101,
                    &tool.origin,
                    format!("the values of axis `{axis}` can't be used for tool `{}` on github", tool.name),
                    "write them as plain numbers, without a `v`: `\"1.2.3\"`",
                ),
            (ToolVersion::OfAxis(_), _) => {}
            (ToolVersion::FromFile(file), None) => self.check_file(tool, file, &TOOLCHAINS),
            (ToolVersion::FromFile(file), Some(setup)) => match setup.file {
                Some((_, files)) => self.check_file(tool, file, files),
                None => self.error(
                    codes::P1101,
                    &tool.origin,
                    format!("on github the version of `{}` can't come from a file", tool.name),
                    format!("give the version: `tool {} \"1.2.3\"`", tool.name),
                ),
            },
        }
    }

    /// Refuses files that an action does not understand, and would ignore.
    fn check_file(&self, tool: &Tool, file: &str, known: &[&str]) {
        let name = file.rsplit('/').next().unwrap_or(file);
        if !known.contains(&name) {
            let known: Vec<String> = known.iter().map(|file| format!("`{file}`")).collect();
            self.error(
                codes::P1101,
                &tool.origin,
                format!("on github the version of `{}` can't come from `{file}`", tool.name),
                format!("use {}, or give the version", known.join(", ")),
            );
        }
    }
}

/// The values of an axis of a node.
fn values_of<'n>(node: &'n Node, axis: &str) -> &'n [String] {
    let mut axes = node.body.matrix.iter().flat_map(|matrix| &matrix.axes);
    axes.find(|(name, _)| name == axis).map_or(&[], |(_, values)| values)
}
