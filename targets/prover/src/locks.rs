//! Locks: each deploy waits in the queue of its environment and pipeline.
//!
//! No other job has a lock.
//!
//! ```text
//! deploy app to production          in the pipeline `site`
//! concurrency:
//!   group: pipec-deploy-production/site
//!   queue: max                      all wait; without it, a deploy that waits is dropped for a newer one (trap 15)
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_ir::{Deploy, Fact, Lock, Node, Pipeline};
use pipec_model::{Finding, Job, LockUse, Part, Value, Waiting};

/// The theorems about the lock of an environment. A deploy that is dropped from the queue is never deployed.
const THEOREMS: &[TheoremId] = &[TheoremId::Lock, TheoremId::NeverBackwards, TheoremId::Rollback];

/// The key of the lock for the deploys of a pipeline to an environment.
pub(crate) fn key(environment: &str, pipeline: &Pipeline) -> Value {
    Value::literal(format!("pipec-deploy-{environment}/{}", pipeline.name).to_lowercase())
}

/// Every deploy with a wrong lock, and every other job with a lock.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    for job in gating.all_jobs() {
        let node = gating.source.node_of(&job.id);
        let deploy = node.and_then(|node| Some((node, node.deploy()?)));
        let found = match (&job.lock, deploy) {
            (None, None) => Vec::new(),
            (Some(_), None) => vec!["it has a lock, though it deploys nothing"],
            (None, Some(_)) => vec!["it has no lock"],
            (Some(given), Some((node, deploy))) => wrong(gating, given, node, deploy),
        };
        let broken = match deploy {
            Some((_, deploy)) => Broken::in_environment(THEOREMS, &deploy.environment),
            None => Broken::of(THEOREMS),
        };
        ledger.extend(&broken, found.into_iter().map(|what| of(job, what)));
    }
}

fn of(job: &Job, what: &str) -> Finding {
    Finding::of_job(&job.id, what, job.line)
}

/// The faults of a lock. A deploy may be dropped from the queue only for a newer one, and only if the environment says
/// so.
fn wrong(gating: &Gating<'_, '_>, given: &LockUse, node: &Node, deploy: &Deploy) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut wanted = key(&deploy.environment, gating.pipeline);
    if gating.program.preview_of(node).is_some() {
        wanted = wanted.and_literal("/").and(Part::Fact(Fact::PullRequestNumber));
    }
    if given.key != wanted {
        found.push("its lock is not that of its environment and pipeline");
    }
    let newest = gating.program.entered_by(deploy).is_some_and(|of| of.lock == Lock::Newest);
    match given.waiting {
        Waiting::All if !newest => {}
        // The engine drops a waiting job as soon as a newer one waits.
        Waiting::Newest if newest => {
            let rivals =
                gating.pipeline.deploys().filter(|(_, other)| other.environment == deploy.environment);
            if rivals.count() > 1 {
                found.push("a deploy that waits may be dropped for another of its run");
            }
        }
        Waiting::Newest => found.push("a deploy that waits may be dropped"),
        Waiting::All | Waiting::Unknown => found.push("more deploys may wait than the newest"),
    }
    if given.may_cancel {
        found.push("a deploy may be cancelled half-way");
    }
    found
}
