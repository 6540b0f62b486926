//! The theorems about an output that the proofs have shown.
//!
//! ```text
//! a pipeline, and no finding                 the theorems of every output, such as "order" and "verdict"
//! a deploy to the environment `production`   "lock" and "never-backwards" of `production`
//! window mon..thu 08:00..16:00 "…"           "window" of `production`
//! no `approval` in `production`              no theorem "approval"
//! ```

use pipec_claims::{Forward, Theorem};
use pipec_ir::{Direction, Environment, Node, Pipeline, Program, Tier};
use pipec_model::Job;
use pipec_runtime::names::{OVERRIDE, PLAN, RECORD, VERDICT};

/// The theorems of an output without differences.
pub(super) fn theorems(program: &Program, pipeline: &Pipeline, jobs: &[&Job]) -> Vec<Theorem> {
    let mut all = of_every_workflow(program, pipeline);
    all.extend(of_nodes(pipeline));
    let entered = program.entered(pipeline);
    if !entered.is_empty() {
        all.extend([Theorem::StartsOnlyWhenDue, Theorem::EnteredByDeploysOnly, Theorem::HeldByDeploysOnly]);
    }
    all.extend(untrusted_empty(pipeline, &entered));
    all.extend(own_jobs(pipeline, jobs));
    for environment in entered {
        all.extend(of_an_environment(pipeline, environment));
    }
    all
}

/// The theorems that hold for every output.
///
/// The proofs of locks, timeouts, starts, rights, steps, verdict and record show them.
fn of_every_workflow(program: &Program, pipeline: &Pipeline) -> Vec<Theorem> {
    let identities = pipeline
        .nodes
        .iter()
        .any(|node| program.identities_of(node).chain(program.login_identity_of(node)).next().is_some());
    vec![
        Theorem::Admission,
        Theorem::Order,
        Theorem::StartsWheneverDue,
        Theorem::StartsOnce,
        Theorem::DecidedByScripts,
        Theorem::StepOrder,
        Theorem::StepInputs,
        Theorem::ScriptsArrive,
        Theorem::LeastAuthority { identities },
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

/// The theorems that need a node with a certain clause.
fn of_nodes(pipeline: &Pipeline) -> Vec<Theorem> {
    let has = |is: &dyn Fn(&Node) -> bool| pipeline.nodes.iter().any(is);
    let with_clause = [
        (Theorem::SameDigest, has(&Node::is_artefact)),
        (Theorem::OneAttempt, has(&|node| node.body.retry.is_some())),
        (Theorem::Legs, has(&Node::has_legs)),
        (Theorem::Repetition, has(&|node| node.quorum().is_some())),
        (Theorem::Measures, has(&|node| !node.body.measures.is_empty())),
        (Theorem::CacheKeepers, has(&|node| !node.body.caches.is_empty())),
        (Theorem::RawSteps, has(&|node| !node.body.engines.is_empty())),
        (Theorem::Afterwards, has(&|node| pipeline.is_afterwards(node))),
    ];
    let clauses = with_clause.into_iter().filter(|(_, is_there)| *is_there).map(|(theorem, _)| theorem);
    let overrides = pipeline.overridable().map(|(gate, overriding)| Theorem::Override {
        gate: gate.name.clone(),
        role: overriding.role.clone(),
    });
    clauses.chain(overrides).collect()
}

fn untrusted_empty(pipeline: &Pipeline, entered: &[&Environment]) -> Option<Theorem> {
    let previews = entered.iter().filter(|environment| environment.tier == Tier::Ephemeral);
    let previews = previews.map(|environment| environment.name.clone()).collect();
    let runs_unreviewed_code = pipeline.events().iter().any(|event| !event.is_trusted());
    runs_unreviewed_code.then_some(Theorem::UntrustedEmpty { previews })
}

/// The timeouts of the compiler's own jobs, as in the output. They matter only if there is a budget.
fn own_jobs(pipeline: &Pipeline, jobs: &[&Job]) -> Option<Theorem> {
    let has_budget = pipeline.budget.is_some() || pipeline.stages.iter().any(|stage| stage.budget.is_some());
    let asks = |job: &Job| {
        let gate = job.id.strip_prefix(OVERRIDE);
        gate.is_some_and(|gate| pipeline.overridable().any(|(node, _)| node.name == gate))
    };
    let is_own = |job: &&&Job| matches!(job.id.as_str(), PLAN | VERDICT | RECORD) || asks(job);
    let limits = jobs.iter().filter(is_own).filter_map(|job| Some((job.id.clone(), minutes(job)?)));
    has_budget.then(|| Theorem::OwnJobs { limits: limits.collect() })
}

/// The timeout of a job, if it is a whole number of minutes.
fn minutes(job: &Job) -> Option<u64> {
    job.timeout?.to_string().parse().ok()
}

/// What a deploy to an environment must be. `None` if it may be anything.
fn forward(environment: &Environment) -> Option<Forward> {
    match environment.direction {
        _ if environment.tier == Tier::Ephemeral => Some(Forward::PullRequest),
        Direction::History => Some(Forward::History),
        Direction::Version { within, .. } => Some(Forward::Version { within }),
        Direction::Any { .. } => None,
    }
}

fn of_an_environment(pipeline: &Pipeline, environment: &Environment) -> Vec<Theorem> {
    let name = || environment.name.clone();
    let is_preview = environment.tier == Tier::Ephemeral;
    let mut all = vec![Theorem::Lock {
        environment: name(),
        pipeline: pipeline.name.clone(),
        lock: environment.lock,
        is_preview,
    }];
    all.extend(forward(environment).map(|forward| Theorem::NeverBackwards { environment: name(), forward }));
    if is_preview {
        all.push(Theorem::PreviewEntry { environment: name() });
    }
    if let Some(approval) = &environment.approval {
        all.push(Theorem::Approval { environment: name(), not_author: approval.not_author });
    }
    let mut deploys = pipeline.deploys().filter(|(_, deploy)| deploy.environment == environment.name);
    if deploys.any(|(_, deploy)| deploy.rollback().is_some()) {
        all.push(Theorem::Rollback { environment: name() });
    }
    if environment.window.is_some() {
        all.push(Theorem::Window { environment: name() });
    }
    all
}
