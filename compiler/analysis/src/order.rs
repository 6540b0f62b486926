//! The order of nodes (language reference, "What a run means", 2).
//!
//! - A stage follows the stages that it names, or all stages above it if it names none.
//! - An artefact precedes every node that uses, gates or deploys it.
//! - Inside a stage, nodes above a deploy precede it, and nodes below follow it.
//! - No node waits for an advisory gate.
//! - A job of a `finally` waits for the end of its stages, not for their success, so nothing is before it.
//!
//! For example, in `stage s { gate a: test { … } deploy x to staging { … } gate b: smoke { … } }` the gate `a` precedes
//! the deploy, and the deploy precedes the gate `b`.

use pipec_base::{Diagnostic, codes};
use pipec_ir::{Node, NodeId, Pipeline, Stage, StageId};
use std::collections::{BTreeMap, BTreeSet};

/// Sets [`pipec_ir::Node::before`] of every node. If nodes wait for each other, reports the circle and leaves them
/// empty.
pub(crate) fn order(pipeline: &mut Pipeline, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let stages_before = stages_before(pipeline);
    if let Some(circle) = circle_of_stages(&stages_before) {
        diagnostics.push(circular_stages(pipeline, &circle));
        return false;
    }
    let direct = direct(pipeline, &stages_before);
    let mut before: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for start in pipeline.nodes.iter().map(|node| node.id) {
        if let Err(circle) = complete(start, &direct, &mut before) {
            diagnostics.push(circular(pipeline, &circle));
            return false;
        }
    }
    for node in &mut pipeline.nodes {
        node.before = before.remove(&node.id).unwrap_or_default();
    }
    true
}

/// The stages before each stage, directly or not. A stage in a circle is before itself.
fn stages_before(pipeline: &Pipeline) -> Vec<BTreeSet<StageId>> {
    let mut all = Vec::new();
    for stage in &pipeline.stages {
        let mut reached = BTreeSet::new();
        let mut next = stage.after.clone();
        while let Some(id) = next.pop() {
            if reached.insert(id)
                && let Some(stage) = pipeline.stages.get(id.0)
            {
                next.extend(&stage.after);
            }
        }
        all.push(reached);
    }
    all
}

fn direct(pipeline: &Pipeline, stages_before: &[BTreeSet<StageId>]) -> BTreeMap<NodeId, Vec<NodeId>> {
    let waited_for = |id: &NodeId| pipeline.node(*id).is_some_and(|node| !node.is_advisory());
    let producers: BTreeMap<&str, NodeId> = pipeline
        .nodes
        .iter()
        .filter(|node| node.is_artefact())
        .map(|node| (node.name.as_str(), node.id))
        .collect();
    let is_deploy = |id: NodeId| pipeline.node(id).is_some_and(Node::is_deploy);
    let mut direct = BTreeMap::new();
    for node in &pipeline.nodes {
        let of_stage = stages_before.get(node.stage.0).filter(|_| !pipeline.is_afterwards(node));
        let mut preceding: Vec<NodeId> = of_stage
            .into_iter()
            .flatten()
            .filter_map(|stage| pipeline.stages.get(stage.0))
            .flat_map(|stage| &stage.nodes)
            .copied()
            .collect();
        if let Some(stage) = pipeline.stage_of(node) {
            let above = stage.nodes.iter().copied().take_while(|id| *id != node.id);
            preceding.extend(above.filter(|id| is_deploy(*id) || is_deploy(node.id)));
        }
        preceding.extend(node.body.uses.iter().filter_map(|(name, _)| producers.get(name.as_str())));
        preceding.retain(waited_for);
        direct.insert(node.id, preceding);
    }
    direct
}

/// Completes the predecessors of a node and of all its predecessors, without recursion. A circle is returned in the
/// order in which its nodes wait.
fn complete(
    start: NodeId,
    direct: &BTreeMap<NodeId, Vec<NodeId>>,
    before: &mut BTreeMap<NodeId, BTreeSet<NodeId>>,
) -> Result<(), Vec<NodeId>> {
    let none = Vec::new();
    let mut path: Vec<(NodeId, std::slice::Iter<'_, NodeId>)> = Vec::new();
    let mut on_path: BTreeSet<NodeId> = BTreeSet::new();
    if !before.contains_key(&start) {
        on_path.insert(start);
        path.push((start, direct.get(&start).unwrap_or(&none).iter()));
    }
    while let Some((node, rest)) = path.last_mut() {
        let node = *node;
        match rest.next() {
            Some(next) if before.contains_key(next) => {}
            Some(next) if on_path.contains(next) => {
                let circle = path.iter().map(|(id, _)| *id).skip_while(|id| id != next).collect();
                return Err(circle);
            }
            Some(next) => {
                on_path.insert(*next);
                path.push((*next, direct.get(next).unwrap_or(&none).iter()));
            }
            None => {
                let mut all = BTreeSet::new();
                for preceding in direct.get(&node).unwrap_or(&none) {
                    if all.insert(*preceding) {
                        all.extend(before.get(preceding).into_iter().flatten().copied());
                    }
                }
                before.insert(node, all);
                on_path.remove(&node);
                path.pop();
            }
        }
    }
    Ok(())
}

/// The first stage that is before itself, and all stages between.
fn circle_of_stages(stages_before: &[BTreeSet<StageId>]) -> Option<Vec<StageId>> {
    let comes_before = |first: StageId, second: StageId| {
        stages_before.get(second.0).is_some_and(|before| before.contains(&first))
    };
    let mut all = (0..stages_before.len()).map(StageId);
    let first = all.clone().find(|stage| comes_before(*stage, *stage))?;
    let circle = all.by_ref().filter(|stage| comes_before(*stage, first) && comes_before(first, *stage));
    Some(circle.collect())
}

/// Reports stages that follow each other, even if they are empty.
fn circular_stages(pipeline: &Pipeline, circle: &[StageId]) -> Diagnostic {
    let stages: Vec<&Stage> = circle.iter().filter_map(|id| pipeline.stages.get(id.0)).collect();
    let names: Vec<String> = stages.iter().map(|stage| format!("`{}`", stage.name)).collect();
    let message = match names.split_last() {
        Some((last, [])) => format!("stage {last} comes after itself"),
        Some((last, rest)) => format!("stages {} and {last} come after each other", rest.join(", ")),
        None => String::new(),
    };
    let first = stages.first().map(|stage| stage.origin.clone()).unwrap_or_default();
    let mut diagnostic = Diagnostic::error(codes::P0207, message, first.span)
        .note("a stage without `after` comes after every stage above it")
        .help("stages can't form a cycle: remove one `after`, or write the stages in the order in which they run");
    for stage in stages.iter().skip(1) {
        diagnostic = diagnostic.label(stage.origin.span, "in the cycle");
    }
    first.explain(diagnostic)
}

fn circular(pipeline: &Pipeline, circle: &[NodeId]) -> Diagnostic {
    let nodes: Vec<&pipec_ir::Node> = circle.iter().filter_map(|id| pipeline.node(*id)).collect();
    let name = |place: usize| nodes.get(place % nodes.len().max(1)).map_or("", |node| node.name.as_str());
    let first = nodes.first().map(|node| node.name_origin.clone()).unwrap_or_default();
    let message = if nodes.len() == 1 {
        format!("`{}` waits for itself", name(0))
    } else {
        format!("`{}` and `{}` wait for each other", name(0), name(1))
    };
    let chain: Vec<String> = (1..=nodes.len()).map(|place| format!("`{}`", name(place))).collect();
    let mut diagnostic = Diagnostic::error(codes::P0207, message, first.span)
        .counterexample(format!("`{}` waits for {}", name(0), chain.join(", which waits for ")))
        .help("nodes can't form a cycle: change the `after` of a stage, or what a node uses");
    for node in nodes.iter().skip(1) {
        diagnostic = diagnostic.label(node.name_origin.span, "in the cycle");
    }
    first.explain(diagnostic)
}
