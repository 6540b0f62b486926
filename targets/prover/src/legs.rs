//! The legs of a job and of its node.
//!
//! Each leg of the node is one leg of the job, and a proof about a job covers each of its legs.
//!
//! ```yaml
//! unit:                                # gate unit: test { matrix { python "3.10", "3.11" } shard 2 … }
//!   strategy:
//!     fail-fast: false
//!     matrix:
//!       python: ["3.10", "3.11"]
//!       shard: [1]                     # findings: "it has more legs than its node, or fewer",
//!                                      # "it does not run once in the leg `3.10-2`", and the same for `3.11-2`
//! ```

use pipec_claims::TheoremId;
use pipec_ir::{Node, NodeLeg};
use pipec_model::Finding;
use pipec_model::{Job, Leg};

/// The theorems that fail for a job with other legs.
///
/// The theorems about its steps fail, too: nothing is proved about the steps of a leg that is not in the source.
pub(crate) const THEOREMS: &[TheoremId] = &[TheoremId::Legs, TheoremId::CheckNames];

/// A job and its node, in one leg of both.
pub(crate) struct Instance<'i> {
    pub(crate) job: &'i Job,
    pub(crate) leg: &'i Leg,
    whole: &'i Node,
    /// The node in this leg, if the job has several.
    in_leg: Option<Box<Node>>,
    /// The name of the leg. `None` for a job without a matrix.
    pub(crate) name: Option<String>,
}

impl Instance<'_> {
    /// The node, with the values of the leg.
    pub(crate) fn node(&self) -> &Node {
        self.in_leg.as_deref().unwrap_or(self.whole)
    }
}

/// The name of the output with the digest of a leg's artefact.
pub(crate) fn digest_output(leg: &str) -> String {
    format!("digest-{}", leg.replace('.', "_"))
}

/// A job in each leg of its node. A leg that differs from the source is a finding, and is left out.
pub(crate) fn instances<'i>(node: &'i Node, job: &'i Job, findings: &mut Vec<Finding>) -> Vec<Instance<'i>> {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let legs = &job.legs;
    let instance = |leg: &'i Leg, in_leg, name| Instance { job, leg, whole: node, in_leg, name };
    if !node.has_legs() {
        if legs.is_split {
            differs("it is split into legs, though its node has none");
            return Vec::new();
        }
        return legs.all.iter().map(|leg| instance(leg, None, None)).collect();
    }
    if !legs.is_split {
        differs("it is not split into the legs of its node");
        return Vec::new();
    }
    if legs.is_unknown {
        differs("its legs can't be interpreted");
        return Vec::new();
    }
    if legs.stop_each_other {
        differs("a leg that fails stops the others");
    }
    let wanted = node.legs();
    if legs.all.len() != wanted.len() {
        differs("it has more legs than its node, or fewer");
    }
    let mut instances = Vec::new();
    for wanted in wanted {
        let mut same = legs.all.iter().filter(|leg| is_leg(leg, &wanted));
        match (same.next(), same.next()) {
            (Some(leg), None) => {
                let in_leg = Box::new(node.in_leg(&wanted));
                instances.push(instance(leg, Some(in_leg), Some(wanted.name)));
            }
            _ => differs(&format!("it does not run once in the leg `{}`", wanted.name)),
        }
    }
    instances
}

/// Whether a leg of the output is this leg of the source. Named legs are compared by name, others by the values of
/// their axes and their shard.
fn is_leg(leg: &Leg, wanted: &NodeLeg<'_>) -> bool {
    let value = |name: &str| leg.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let axes = wanted.of_matrix.into_iter().flat_map(|leg| &leg.values);
    let axes = axes.map(|(axis, value)| (axis.as_str(), value.clone()));
    let of_shard = wanted.shard.map(|shard| ("shard", shard.to_string()));
    let values: Vec<(&str, String)> = axes.chain(of_shard).collect();
    value("leg").is_none_or(|name| name == wanted.name)
        && values.iter().all(|(axis, wanted)| value(axis) == Some(wanted))
        && (value("leg").is_some() || leg.values.len() == values.len())
}
