//! Jobs of a `finally`: they start once their stages have ended, whatever became of them.
//!
//! For example, `finally alarm on failed { job chat { … } }` after the gate `unit` and the deploy of `app` becomes
//!
//! ```text
//! chat      waits     unit, app, deploy-app-to-production: each has ended
//!           start     Afterwards(not cancelled, and some of them has failed or was cancelled)
//!           acts      Outcome: unit ${result of unit} …      says PIPE_OUTCOME and PIPE_FAILED
//!                     the script
//! ```
//!
//! Nothing waits for such a job, except the record. An engine tells a job that ran out of its time from one that was cancelled
//! with its run only by the run itself. So the run decides the condition, and the results of the jobs decide the variables.

use crate::acts::Act;
use crate::guard::Guard;
use crate::jobs::{Start, Wait};
use crate::passes::Passes;
use crate::units::{self, Unit};
use crate::value::{Part, RunFact, Value, Variables};
use crate::{PLAN, overrides, windows};
use pipec_ir::{FAILED_VARIABLE, Node, OUTCOME_VARIABLE, Outcome, Outcomes, RUN_URL_VARIABLE};
use pipec_runtime::Script;
use pipec_runtime::names::{FAILED, OUTCOME};
use std::borrow::Cow;
use std::rc::Rc;

/// A job whose end is awaited.
struct Ended {
    job: Rc<str>,
    /// The node that people know it by.
    node: String,
    /// The job that may override it.
    override_job: Option<Rc<str>>,
}

impl<'p> Passes<'_, 'p> {
    /// The jobs whose end a job of a `finally` awaits, in the order of the nodes.
    fn ended_before(&self, node: &Node) -> Vec<Ended> {
        let plan = || Ended { job: PLAN.into(), node: PLAN.to_owned(), override_job: None };
        let mut ended: Vec<Ended> = self.planned.need_a_job().then(plan).into_iter().collect();
        for before in self.source.pipeline.ended_before(node) {
            for unit in units::of(self.units, before) {
                let of_job =
                    |job: Rc<str>, override_job| Ended { job, node: before.name.clone(), override_job };
                if windows::of(self.source.program, before).is_some() {
                    ended.push(of_job(windows::job_name(&unit.id).into(), None));
                }
                let asks = before.overriding().filter(|_| unit.runs != units::Runs::Untrusted);
                let override_job = asks.map(|_| overrides::job_name(before).into());
                ended.push(of_job(Rc::clone(&unit.id), override_job));
            }
        }
        ended
    }

    /// The waits of a job of a `finally`.
    pub(crate) fn waits_for_the_end(&self, node: &Node) -> Vec<Wait> {
        let ended = self.ended_before(node);
        let jobs = ended.into_iter().flat_map(|ended| std::iter::once(ended.job).chain(ended.override_job));
        jobs.map(Wait::end).collect()
    }

    /// When a job of a `finally` starts.
    pub(crate) fn afterwards(&self, node: &Node, outcomes: Outcomes, due: Guard) -> Start {
        let ended = self.ended_before(node);
        let not_passed = || Guard::any([some_failed(&ended), Guard::SomeCancelled]);
        let has = |outcome| outcomes.contains(outcome);
        let (passed, failed, cancelled) =
            (has(Outcome::Passed), has(Outcome::Failed), has(Outcome::Cancelled));
        let outcome = match (passed, failed) {
            (true, true) => Guard::Always,
            (true, false) => not_passed().negated(),
            (false, true) => not_passed(),
            (false, false) => Guard::Never,
        };
        let outcome = match cancelled {
            true => Guard::any([Guard::Cancelled, outcome]),
            false => Guard::all([Guard::NotCancelled, outcome]),
        };
        // A plan that failed has decided nothing, or has refused the run.
        let asks_the_plan = self.planned.admit_runs() || due.asks_the_plan();
        let planned = asks_the_plan.then(|| Guard::Succeeded(PLAN.into()));
        Start::Afterwards(Guard::all([outcome].into_iter().chain(planned).chain([due])))
    }

    /// The act that tells what became of the nodes before.
    pub(crate) fn tell_outcome(&self, node: &Node) -> Act<'p> {
        let mut results = Value::default();
        for ended in self.ended_before(node) {
            if !results.parts.is_empty() {
                results = results.and_text("\n");
            }
            results = results.and_text(format!("{} ", ended.node)).and(Part::Result(ended.job));
            if let Some(job) = ended.override_job {
                results = results.and_text(" ").and(Part::Result(job));
            }
        }
        Act::fixed("What became of the stages", Script::Outcome, [("RESULTS", results)]).with_id(OUTCOME)
    }

    /// Adds the variables of a job of a `finally`.
    pub(crate) fn add_outcome(&self, variables: &mut Variables<'p>, outcomes: Outcomes) {
        let told = |name| Value::output(OUTCOME, name);
        let outcome = outcomes.only().map_or_else(|| told(OUTCOME), |only| Value::text(only.word()));
        variables.extend([
            (Cow::Borrowed(OUTCOME_VARIABLE), outcome),
            (Cow::Borrowed(FAILED_VARIABLE), told(FAILED)),
            (Cow::Borrowed(RUN_URL_VARIABLE), Value::fact(RunFact::RunUrl)),
        ]);
    }
}

/// The guard that some job has failed and was not overridden.
fn some_failed(ended: &[Ended]) -> Guard {
    if ended.iter().all(|ended| ended.override_job.is_none()) {
        return Guard::SomeFailed;
    }
    Guard::any(ended.iter().map(|ended| {
        let failed = Guard::Failed(Rc::clone(&ended.job));
        match &ended.override_job {
            Some(job) => Guard::all([failed, Guard::Succeeded(Rc::clone(job)).negated()]),
            None => failed,
        }
    }))
}

/// Whether nothing waits for a job of a unit, so that the verdict does not ask for it.
pub(crate) fn is_afterwards(passes: &Passes<'_, '_>, unit: &Unit) -> bool {
    let pipeline = passes.source.pipeline;
    pipeline.node(unit.node).is_some_and(|node| pipeline.is_afterwards(node))
}
