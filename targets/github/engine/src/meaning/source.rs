//! What the source says of its nodes, as the proofs ask for it.

use pipec_ir::{Environment, Node, NodeKind, Override, Pipeline, Program, Tier};
use std::collections::BTreeMap;

/// What an untrusted twin's job is called after the node's name.
pub(crate) const UNTRUSTED: &str = "-untrusted";

/// The node that a job of this id stands for.
pub(crate) fn node_of<'p>(pipeline: &'p Pipeline, job: &str) -> Option<&'p Node> {
    let twin = || job.strip_suffix(UNTRUSTED).and_then(|name| pipeline.node_named(name));
    pipeline.node_named(job).or_else(twin)
}

/// Whether a node is a gate that only reports.
pub(crate) fn is_advisory(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Gate(gate) if gate.advisory.is_some())
}

/// Who may override a node.
pub(crate) fn overriding(node: &Node) -> Option<&Override> {
    match &node.kind {
        NodeKind::Gate(gate) => gate.overriding.as_ref(),
        _ => None,
    }
}

/// The gates that may be overridden.
pub(crate) fn overridable(pipeline: &Pipeline) -> impl Iterator<Item = &Node> {
    pipeline.nodes.iter().filter(|node| overriding(node).is_some())
}

/// The ephemeral environment that a node deploys to.
pub(crate) fn preview<'p>(program: &'p Program, node: &Node) -> Option<&'p Environment> {
    let NodeKind::Deploy(deploy) = &node.kind else { return None };
    program.environments.get(&deploy.environment).filter(|environment| environment.tier == Tier::Ephemeral)
}

/// Those that a pipeline enters.
pub(crate) fn entered<'p>(program: &'p Program, pipeline: &Pipeline) -> BTreeMap<&'p str, &'p Environment> {
    let all = pipeline.nodes.iter().filter_map(|node| preview(program, node));
    all.map(|environment| (environment.name.as_str(), environment)).collect()
}

/// Where the workflow stands that tears them down, if there are any.
pub(crate) fn teardown_path(program: &Program, pipeline: &Pipeline) -> Option<String> {
    if entered(program, pipeline).is_empty() {
        return None;
    }
    let name = pipeline.emits.get("github").map(|(name, _)| name.clone());
    let name = name.unwrap_or_else(|| format!("{}.yml", pipeline.name));
    let (stem, extension) = name.rsplit_once('.')?;
    Some(format!(".github/workflows/{stem}-teardown.{extension}"))
}
