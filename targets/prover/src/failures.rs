//! Failures: each one counts, except in advisory gates and in steps that only show something.
//!
//! ```text
//! job lint: test { reports }      an advisory gate
//! continue-on-error: true         the run stays green after any outcome, so no other job may have this
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_ir::Node;
use pipec_model::{Finding, Job};
use pipec_runtime::names::RECORD;

/// The theorems that fail if the failure of a job or step is lost.
const THEOREMS: &[TheoremId] = &[
    TheoremId::StartsOnlyWhenDue,
    TheoremId::Order,
    TheoremId::Verdict,
    TheoremId::DecidedByScripts,
    TheoremId::OneAttempt,
    TheoremId::Repetition,
    TheoremId::Rollback,
];

/// Every failure that is lost, or that counts although it must not.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(THEOREMS);
    for job in gating.all_jobs() {
        let node = gating.source.node_of(&job.id);
        ledger.extend(&broken, of_job(gating, job, node));
        ledger.extend(&broken, of_steps(job, node));
    }
}

/// An advisory gate leaves the run green, so that it stays a baseline. Its result means nothing (trap 4), so no other
/// job may have this setting, and no job may need its result.
fn of_job(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |what: String| findings.push(Finding::of_job(&job.id, what, job.line));
    let advisory = |id: &str| gating.source.node_of(id).is_some_and(Node::is_advisory);
    match (job.ignores_failure, node.is_some_and(Node::is_advisory)) {
        (None, false) | (Some(true), true) => {}
        (Some(_), false) => {
            differs("the run ignores its failure".to_owned());
        }
        (_, true) => differs("its failure makes the run red, though it only reports".to_owned()),
    }
    for need in job.waits_for.iter().filter(|need| job.id != RECORD && advisory(need)) {
        differs(format!("it needs `{need}`, which only reports"));
    }
    findings
}

/// Steps whose failure may be ignored. Another step counts their outcome, or they only report.
fn of_steps(job: &Job, node: Option<&Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let counts_for_nothing = node.is_some_and(|node| {
        node.quorum().is_some()
            || node.retry().is_some()
            || !node.body.reports.is_empty()
            || !node.body.keeps.is_empty()
    });
    let mut steps = job.legs.all.iter().flat_map(|leg| &leg.steps);
    if !counts_for_nothing && steps.any(|step| step.goes_on.is_some()) {
        findings.push(Finding::of_job(&job.id, "the job ignores the failure of a step", job.line));
    }
    for step in job.steps().iter().filter(|step| node.is_none() && step.goes_on.is_some()) {
        findings.push(Finding::of_job(&job.id, "it ignores the failure of a step", step.line));
    }
    findings
}
