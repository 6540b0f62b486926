//! Timeouts: each job ends after the timeout of its node.
//!
//! ```text
//! job tests: test { timeout 10m … }
//! timeout-minutes: 10           the same; 20, or no timeout at all, is a finding
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use crate::windows;
use pipec_claims::TheoremId;
use pipec_model::{Finding, Job};

/// The maximum timeout of the compiler's own jobs, in minutes.
const OWN_TIMEOUT: f64 = 30.0;

/// Every job with a timeout that differs from its node's.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(&[TheoremId::Timeout, TheoremId::OwnJobs]);
    for job in gating.all_jobs() {
        let mut differs = |what: &str| ledger.add(broken.clone(), Finding::of_job(&job.id, what, job.line));
        if !is_bound(gating, job) {
            differs("its timeout is not that of its node");
        }
        let mut steps = job.legs.all.iter().flat_map(|leg| &leg.steps);
        if gating.source.node_of(&job.id).is_none() && steps.any(|step| step.limit.is_some()) {
            differs("a step has a timeout of its own");
        }
    }
}

fn is_bound(gating: &Gating<'_, '_>, job: &Job) -> bool {
    let Some(minutes) = job.timeout else { return false };
    match gating.source.node_of(&job.id) {
        Some(node) => {
            let wanted = node.allowed_time().div_ceil(60_000).max(1);
            u32::try_from(wanted).is_ok_and(|wanted| f64::from(wanted) == minutes)
        }
        None if windows::awaited_by(gating.program, gating.source, &job.id).is_some() => {
            windows::waits_long_enough(gating.engine, Some(minutes))
        }
        None => (1.0..=OWN_TIMEOUT).contains(&minutes),
    }
}
