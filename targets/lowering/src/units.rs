//! The jobs of nodes. A node has two if only reviewed code may have its rights.
//!
//! For example,
//!
//! ```text
//! on push to main
//! on pull request to main
//! job notify { secret TOKEN  run "./notify" }
//! ```
//!
//! becomes the job `notify` for pushes, which has the secret, and the job `notify-untrusted` for pull requests, which
//! has none.

use crate::source::Source;
use pipec_ir::{Node, NodeId};
use pipec_logic::Proposition;
use std::rc::Rc;

/// A job of a node.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The job's name.
    pub id: Rc<str>,
    /// The node.
    pub node: NodeId,
    /// The runs that it is for.
    pub runs: Runs,
    /// The runs that contain it.
    pub due: Proposition,
}

/// The runs that a job of a node is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// All runs of its node.
    All,
    /// Only the runs of reviewed code. The job has its own rights, secrets or identities.
    Trusted,
    /// Only pull requests and the merge queue. The job has no rights.
    Untrusted,
}

/// The jobs of all nodes, in source order.
///
/// The rights of a job can't depend on the event. So a node with its own rights, secrets or identities becomes two jobs
/// if it is also due on untrusted events.
pub fn units(source: &Source<'_>) -> Vec<Unit> {
    source.pipeline.nodes.iter().flat_map(|node| of_node(source, node)).collect()
}

fn of_node(source: &Source<'_>, node: &Node) -> Vec<Unit> {
    let facts = &source.facts;
    let due = facts.due_node(node);
    let unit = |id: &str, runs| {
        let due = match runs {
            Runs::All => due.clone(),
            Runs::Trusted => facts.propositions().and(&due, &facts.trusted()),
            Runs::Untrusted => facts.propositions().and(&due, &facts.untrusted()),
        };
        Unit { id: id.into(), node: node.id, runs, due }
    };
    // Code of the same repository's branches may have whatever its ephemeral environment has.
    let is_plain = !has_authority(node) || source.program.preview_of(node).is_some();
    if is_plain || !source.may_meet(&due, &facts.untrusted()) {
        vec![unit(&node.name, Runs::All)]
    } else if !source.may_meet(&due, &facts.trusted()) {
        vec![unit(&node.name, Runs::Untrusted)]
    } else {
        vec![unit(&node.name, Runs::Trusted), unit(&untrusted_job_name(&node.name), Runs::Untrusted)]
    }
}

/// The name of a node's second job, which runs code that was not reviewed.
pub fn untrusted_job_name(node: &str) -> String {
    format!("{node}-untrusted")
}

/// Whether a node has its own rights, secrets or identities.
fn has_authority(node: &Node) -> bool {
    let body = &node.body;
    let reports_to_code_scanning =
        body.reports.iter().any(|report| report.format == pipec_ir::ReportFormat::Sarif);
    !body.rights.is_empty()
        || !body.secrets.is_empty()
        || !body.identities.is_empty()
        || reports_to_code_scanning
        || node.image().is_some()
}

/// The jobs of a node that can be in a run with a job.
pub(crate) fn meeting<'u>(source: &Source<'_>, units: &'u [Unit], unit: &Unit, node: &Node) -> Vec<&'u Unit> {
    of(units, node).filter(|other| source.may_meet(&unit.due, &other.due)).collect()
}

/// The jobs of a node that may be before a job. If none can be in a run with it, all jobs of the node.
pub(crate) fn before<'u>(source: &Source<'_>, units: &'u [Unit], unit: &Unit, node: &Node) -> Vec<&'u Unit> {
    let met = meeting(source, units, unit, node);
    if met.is_empty() { of(units, node).collect() } else { met }
}

/// The jobs of a node. All jobs are in the order of their nodes.
pub(crate) fn of<'u>(units: &'u [Unit], node: &Node) -> impl Iterator<Item = &'u Unit> {
    let first = units.partition_point(|other| other.node < node.id);
    let id = node.id;
    units.iter().skip(first).take_while(move |other| other.node == id)
}
