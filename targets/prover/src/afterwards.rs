//! Jobs of a `finally`: each starts exactly for its outcomes, and changes none.
//!
//! ```yaml
//! chat:                                  # finally alarm on failed { job chat { … } }
//!   needs: [unit, app]
//!   if: ${{ !cancelled() && contains(needs.*.result, 'failure') }}
//! # a finding, because `app` may have run out of its time: "does not start, though its stages have ended so"
//! ```
//!
//! The outcome is worked out again from the source: a node has failed if its job failed and was not overridden, or if its job
//! ended as cancelled although nobody cancelled the run.

use crate::gating::{Gating, jobs_of};
use crate::ledger::{Broken, Ledger};
use crate::{overrides, windows};
use pipec_claims::TheoremId;
use pipec_ir::{Node, Outcome, Outcomes};
use pipec_logic::Proposition;
use pipec_model::{Finding, Job, JobResult, JobState, Part, Step, Value};
use pipec_runtime::names::{OUTCOME, PLAN, RECORD};

/// A job whose end is awaited.
struct Ended<'g> {
    job: &'g Job,
    node: &'g str,
    override_job: Option<&'g Job>,
}

/// Every way in which a job of a `finally` starts wrongly, or something depends on it.
pub(crate) fn check(gating: &Gating<'_, '_>, node: &Node, outcomes: Outcomes, ledger: &mut Ledger) {
    let jobs = jobs_of(gating, node);
    for job in jobs {
        for (names, finding) in gating.never_more(node, job) {
            ledger.add(Broken::of(names), finding);
        }
    }
    ledger.extend(&Broken::of(&[TheoremId::StartsOnce]), gating.never_twice(node, jobs));
    let ended = ended_before(gating, node);
    let mut findings = Vec::new();
    for job in jobs {
        findings.extend(awaited(gating, job, &ended));
        if let Some(state) = gating.jobs.get(job.id.as_str()) {
            only_for(gating, (job, state), &allowed(gating, state, &ended, outcomes), &mut findings);
        }
    }
    whenever(gating, node, jobs, &ended, outcomes, &mut findings);
    ledger.extend(&Broken::of(&[TheoremId::Afterwards]), findings);
}

/// The jobs whose end is awaited, in the order of their nodes.
fn ended_before<'g>(gating: &Gating<'g, '_>, node: &Node) -> Vec<Ended<'g>> {
    let of = |job, node| Ended { job, node, override_job: None };
    let mut ended: Vec<Ended<'g>> = gating.job(PLAN).map(|job| of(job, PLAN)).into_iter().collect();
    for before in gating.pipeline.ended_before(node) {
        // The job for reviewed code is told first. It may wait for more jobs than the other, and so come after it.
        let (own, twins): (Vec<&Job>, Vec<&Job>) =
            jobs_of(gating, before).iter().partition(|job| job.id == before.name);
        for job in own.into_iter().chain(twins) {
            ended.extend(windows::waiting_for(gating, job).map(|waiting| of(waiting, before.name.as_str())));
            let override_job = overrides::job_of(gating, before).filter(|_| job.id == before.name);
            ended.push(Ended { override_job, ..of(job, before.name.as_str()) });
        }
    }
    ended
}

/// Checks that a job awaits exactly these jobs, and that none but the record awaits it.
fn awaited(gating: &Gating<'_, '_>, job: &Job, ended: &[Ended<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |what: String| findings.push(Finding::of_job(&job.id, what, job.line));
    let wanted: Vec<&str> = ended
        .iter()
        .flat_map(|ended| std::iter::once(ended.job).chain(ended.override_job))
        .map(|job| job.id.as_str())
        .collect();
    for id in &wanted {
        if !job.waits_for.iter().any(|need| need == id) {
            differs(format!("it starts before `{id}` has ended"));
        }
    }
    for need in job.waits_for.iter().filter(|need| !wanted.contains(&need.as_str())) {
        differs(format!("it waits for `{need}`, which does not end before it"));
    }
    for other in gating.all_jobs().filter(|other| other.id != RECORD) {
        if other.waits_for.contains(&job.id) {
            differs(format!("`{}` waits for it", other.id));
        }
    }
    findings
}

/// That the run has one of the outcomes, as a job sees it when its condition is evaluated.
fn allowed(
    gating: &Gating<'_, '_>,
    state: &JobState<'_>,
    ended: &[Ended<'_>],
    outcomes: Outcomes,
) -> Proposition {
    let (world, logic) = (gating.world, gating.world.logic());
    let has_ended = |job: &Job, result| {
        let state = gating.jobs.get(job.id.as_str());
        state.map_or_else(|| logic.falsehood(), |state| state.ended(result, world).clone())
    };
    let failed = ended.iter().map(|ended| {
        let failed = has_ended(ended.job, JobResult::Failure);
        match ended.override_job {
            Some(job) => logic.and_not(&failed, &has_ended(job, JobResult::Success)),
            None => failed,
        }
    });
    let jobs = ended.iter().flat_map(|ended| std::iter::once(ended.job).chain(ended.override_job));
    let stopped = jobs.map(|job| has_ended(job, JobResult::Cancelled));
    let not_passed = logic.any(&failed.chain(stopped).collect::<Vec<_>>());
    let each: Vec<Proposition> = outcomes
        .all()
        .map(|outcome| match outcome {
            Outcome::Cancelled => state.stopped.clone(),
            Outcome::Failed => logic.and_not(&not_passed, &state.stopped),
            Outcome::Passed => logic.not(&logic.or(&not_passed, &state.stopped)),
        })
        .collect();
    logic.any(&each)
}

/// Proves that a job starts only for its outcomes.
fn only_for(
    gating: &Gating<'_, '_>,
    (job, state): (&Job, &JobState<'_>),
    allowed: &Proposition,
    findings: &mut Vec<Finding>,
) {
    let what = "starts, though its stages have not ended so";
    let start = gating.world.logic().and(state.start(gating.world), &gating.acts_of(job).may);
    gating.prove(job, &start, allowed, what, findings);
}

/// Proves that a job of the node starts whenever it is due and its stages have ended so.
///
/// If the plan has failed, a condition that asks the plan may not hold.
fn whenever(
    gating: &Gating<'_, '_>,
    node: &Node,
    jobs: &[&Job],
    ended: &[Ended<'_>],
    outcomes: Outcomes,
    findings: &mut Vec<Finding>,
) {
    let (world, logic) = (gating.world, gating.world.logic());
    let [first, ..] = jobs else {
        findings.push(Finding::of_file(format!("it has no job `{}`", node.name), 1));
        return;
    };
    let states = jobs.iter().filter_map(|job| Some((*job, gating.jobs.get(job.id.as_str())?)));
    let mut starts = Vec::new();
    let mut wanted = Vec::new();
    for (job, state) in states {
        starts.push(logic.and(state.start(world), &gating.acts_of(job).begin));
        wanted.push(allowed(gating, state, ended, outcomes));
    }
    let premise = logic.and(&gating.due(node), &logic.all(&wanted));
    let starts = logic.any(&starts);
    if logic.implies_always(&premise, &starts).unwrap_or(false) {
        return;
    }
    let planned = gating.jobs.get(PLAN).map_or_else(|| logic.truth(), |plan| plan.success.clone());
    let what = "does not start, though its stages have ended so";
    gating.prove(first, &logic.and(&premise, &planned), &starts, what, findings);
}

/// Whether a step tells what became of the nodes before.
pub(crate) fn tells_outcome(gating: &Gating<'_, '_>, node: &Node, step: &Step) -> bool {
    let mut results = Value::default();
    for Ended { job, node, override_job } in ended_before(gating, node) {
        let line = if results == Value::default() { "" } else { "\n" };
        results.push(Part::literal(format!("{line}{node} ")));
        results.push(Part::JobResult(job.id.clone()));
        if let Some(job) = override_job {
            results.push(Part::literal(" "));
            results.push(Part::JobResult(job.id.clone()));
        }
    }
    step.id.as_deref() == Some(OUTCOME) && step.env("RESULTS").is_some_and(|given| given.is(&results))
}
