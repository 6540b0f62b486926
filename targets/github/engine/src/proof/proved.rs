//! The theorems that the proofs on a workflow have shown, once none of them has found a difference.
//!
//! An example. A pipeline deploys to `production`, which has a lock and a window, and the proofs have found nothing. The
//! list then has the theorems of every workflow, such as "order" and "verdict", and of `production` "lock",
//! "never-backwards" and "window".

use crate::meaning::source::{overridable, overriding, teardown_path};
use crate::proof::record::RECORD;
use crate::proof::verdict::{PLAN, VERDICT};
use crate::read::workflow::{Job, Workflow};
use crate::read::yaml::Node as Yaml;
use pipec_claims::Theorem;
use pipec_ir::{Deploy, Environment, Node, NodeKind, Pipeline, Program, Tier};
use std::collections::BTreeSet;

/// The theorems of a workflow whose proofs have found no difference.
pub(super) fn theorems(program: &Program, pipeline: &Pipeline, workflow: &Workflow) -> Vec<Theorem> {
    let mut all = of_every_workflow();
    all.extend(of_nodes(pipeline));
    let entered = entered(program, pipeline);
    if !entered.is_empty() {
        all.extend([Theorem::StartsOnlyWhenDue, Theorem::EnteredByDeploysOnly, Theorem::HeldByDeploysOnly]);
    }
    all.extend(untrusted_empty(pipeline, &entered));
    all.extend(own_jobs(pipeline, workflow));
    for environment in entered {
        all.extend(of_an_environment(program, pipeline, environment));
    }
    all
}

/// What `frame`, `verdict`, `record`, `gating`, `rights` and `steps` prove of every workflow.
fn of_every_workflow() -> Vec<Theorem> {
    vec![
        Theorem::Admission,
        Theorem::Order,
        Theorem::StartsWheneverDue,
        Theorem::StartsOnce,
        Theorem::DecidedByScripts,
        Theorem::StepOrder,
        Theorem::StepInputs,
        Theorem::ScriptsArrive,
        Theorem::LeastAuthority,
        Theorem::Machines,
        Theorem::Pins,
        Theorem::Timeout,
        Theorem::PlannedFacts,
        Theorem::RunExclusion,
        Theorem::CheckNames,
        Theorem::Verdict,
        Theorem::Record,
    ]
}

/// What is proved only where some node has such a clause.
fn of_nodes(pipeline: &Pipeline) -> Vec<Theorem> {
    let has = |is: &dyn Fn(&Node) -> bool| pipeline.nodes.iter().any(is);
    let with_clause = [
        (Theorem::SameDigest, has(&|node| matches!(node.kind, NodeKind::Artefact(_)))),
        (Theorem::OneAttempt, has(&|node| node.body.retry.is_some())),
        (Theorem::Legs, has(&|node| node.body.matrix.is_some() || node.body.shards.is_some())),
        (
            Theorem::Repetition,
            has(&|node| matches!(&node.kind, NodeKind::Gate(gate) if gate.quorum.is_some())),
        ),
        (Theorem::Measures, has(&|node| !node.body.measures.is_empty())),
        (Theorem::CacheKeepers, has(&|node| !node.body.caches.is_empty())),
        (Theorem::RawSteps, has(&|node| !node.body.engines.is_empty())),
    ];
    let clauses = with_clause.into_iter().filter(|(_, is_there)| *is_there).map(|(theorem, _)| theorem);
    let overrides = overridable(pipeline).filter_map(|gate| {
        let role = overriding(gate)?.role.clone();
        Some(Theorem::Override { gate: gate.name.clone(), role })
    });
    clauses.chain(overrides).collect()
}

fn untrusted_empty(pipeline: &Pipeline, entered: &[&Environment]) -> Option<Theorem> {
    let previews = entered.iter().filter(|environment| environment.tier == Tier::Ephemeral);
    let previews = previews.map(|environment| environment.name.clone()).collect();
    let runs_unreviewed_code = pipeline.events().iter().any(|event| !event.is_trusted());
    runs_unreviewed_code.then_some(Theorem::UntrustedEmpty { previews })
}

/// The timeouts of the jobs that no node asks for, as the workflow has them. They matter only where something has a budget.
fn own_jobs(pipeline: &Pipeline, workflow: &Workflow) -> Option<Theorem> {
    let has_budget = pipeline.budget.is_some() || pipeline.stages.iter().any(|stage| stage.budget.is_some());
    let asks = |job: &Job| {
        let gate = job.id.strip_prefix(crate::proof::overrides::ASKS);
        gate.is_some_and(|gate| overridable(pipeline).any(|node| node.name == gate))
    };
    let own =
        workflow.jobs.iter().filter(|job| matches!(job.id.as_str(), PLAN | VERDICT | RECORD) || asks(job));
    let limits = own.filter_map(|job| Some((job.id.clone(), minutes(job)?)));
    has_budget.then(|| Theorem::OwnJobs { limits: limits.collect() })
}

fn minutes(job: &Job) -> Option<u64> {
    job.node.get("timeout-minutes").and_then(Yaml::scalar)?.parse().ok()
}

/// The environments that a pipeline enters, in the order in which it first does.
fn entered<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
    let mut seen = BTreeSet::new();
    let names = pipeline.deploys().map(|(_, deploy)| deploy.environment.as_str());
    names.filter(|name| seen.insert(*name)).filter_map(|name| program.environments.get(name)).collect()
}

fn of_an_environment(program: &Program, pipeline: &Pipeline, environment: &Environment) -> Vec<Theorem> {
    let name = || environment.name.clone();
    let is_preview = environment.tier == Tier::Ephemeral;
    let mut all = vec![
        Theorem::Lock {
            environment: name(),
            pipeline: pipeline.name.clone(),
            lock: environment.lock,
            is_preview,
        },
        Theorem::NeverBackwards { environment: name(), is_preview },
    ];
    if is_preview {
        all.push(Theorem::PreviewEntry { environment: name() });
        let path = teardown_path(program, pipeline).unwrap_or_default();
        let file = path.rsplit('/').next().unwrap_or_default().to_owned();
        all.push(Theorem::Teardown { environment: name(), file });
    }
    if let Some(approval) = &environment.approval {
        all.push(Theorem::Approval { environment: name(), not_author: approval.not_author });
    }
    let goes_back =
        |(_, deploy): (&Node, &Deploy)| deploy.environment == environment.name && deploy.rollback.is_some();
    if pipeline.deploys().any(goes_back) {
        all.push(Theorem::Rollback { environment: name() });
    }
    if environment.window.is_some() {
        all.push(Theorem::Window { environment: name() });
    }
    all
}
