//! The names of jobs. Required checks are identified by name, so each name is unique.
//!
//! ```text
//! unit:      {name: unit}
//! unit-2:    {name: unit}      a rule that requires the check `unit` could not distinguish them
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_ir::Node;
use pipec_model::{Finding, Job, Leg};
use pipec_runtime::names::{OVERRIDE, UNTRUSTED, VERDICT};
use std::collections::BTreeSet;

/// Every job and leg with a duplicate or unknown name.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(&[TheoremId::CheckNames]);
    for job in gating.all_jobs().filter(|job| job.id == VERDICT) {
        ledger.extend(&broken, verdict(gating, job));
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut see = |job: &Job, leg: &Leg, is_split: bool| {
        let what = match leg.shown_as.as_literal() {
            Some(name)
                if is_split && !(name.starts_with(&format!("{} (", job.id)) && name.ends_with(')')) =>
            {
                "the name of a leg is not the job's name followed by the leg"
            }
            Some(name) if seen.insert(name.to_owned()) => return,
            Some(_) => "another job has its name",
            None => "its name is not literal",
        };
        ledger.add(broken.clone(), Finding::of_job(&job.id, what, job.line));
    };
    for job in gating.all_jobs() {
        match gating.source.node_of(&job.id) {
            Some(_) => {
                for instance in gating.instances_of(job) {
                    see(job, instance.leg, instance.name.is_some());
                }
            }
            None => job.legs.all.iter().for_each(|leg| see(job, leg, false)),
        }
    }
}

/// The check has the name of its pipeline, and no job of the workspace has the name of the check. A rule for a branch
/// knows the name alone, and would take a job for the check (trap 9).
fn verdict(gating: &Gating<'_, '_>, job: &Job) -> Vec<Finding> {
    let [leg] = job.legs.all.as_slice() else { return Vec::new() };
    let Some(name) = leg.shown_as.as_literal() else { return Vec::new() };
    let own = &gating.pipeline.name;
    let mut nodes = gating.program.pipelines.iter().flat_map(|pipeline| &pipeline.nodes);
    let is_of = |name: &str, node: &Node| {
        let part = name.strip_suffix(UNTRUSTED).or_else(|| name.strip_prefix(OVERRIDE));
        let part = part.or_else(|| name.strip_prefix("wait-to-")).unwrap_or(name);
        node.name == name || node.name == part
    };
    if name != own && name != format!("{own} {VERDICT}") {
        vec![Finding::of_job(&job.id, "the check has another name than its pipeline", job.line)]
    } else if nodes.any(|node| is_of(name, node)) {
        vec![Finding::of_job(&job.id, "a job of the workspace has the name of the check", job.line)]
    } else {
        Vec::new()
    }
}
