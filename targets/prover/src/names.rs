//! The names of jobs. Required checks are identified by name, so each name is unique.
//!
//! ```text
//! unit:      {name: unit}
//! unit-2:    {name: unit}      a rule that requires the check `unit` could not distinguish them
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_model::{Finding, Job, Leg};
use std::collections::BTreeSet;

/// Every job and leg with a duplicate or unknown name.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(&[TheoremId::CheckNames]);
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
