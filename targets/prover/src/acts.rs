//! The acts of a job: the steps that run after its start.
//!
//! An engine that creates its jobs before any of them has run starts a job always. Its steps then have the condition
//! that another engine gives to the job:
//!
//! ```yaml
//! unit:
//!   steps:
//!     - run: make test
//!       if: needs.plan.outputs.docs == 'false'     # the job starts in every run, but it acts only in some
//! ```
//!
//! So the theorems are about acts. If the first step of a job has no condition, the job acts whenever it starts.

use pipec_logic::Proposition;
use pipec_model::{ConditionId, Job, Jobs, Leg, Reading, Step, StepEnd, StepsBefore, World};
use std::collections::BTreeMap;

/// The acts of a started job.
#[derive(Clone, Debug)]
pub(crate) struct Acts {
    /// One of its steps may run, whatever the outcomes of its steps.
    pub(crate) may: Proposition,
    /// One of its steps runs in each leg. It holds if no earlier step fails and the job is not stopped.
    pub(crate) begin: Proposition,
}

impl Acts {
    /// The acts of the job at an index. `jobs` are the states of all jobs.
    pub(crate) fn of(
        (place, job): (usize, &Job),
        engine: &dyn Reading,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Acts {
        let logic = world.logic();
        let walk = Walk { place, engine, jobs, world };
        let legs = || job.legs.all.iter().filter(|leg| !acts_always(leg));
        let may: Vec<Proposition> = if job.legs.all.iter().any(acts_always) {
            vec![logic.truth()]
        } else {
            legs().map(|leg| walk.some_runs(leg, true)).collect()
        };
        let begin: Vec<Proposition> = legs().map(|leg| walk.some_runs(leg, false)).collect();
        Acts { may: logic.any(&may), begin: logic.all(&begin) }
    }
}

/// Whether the first step of a leg runs whenever its job starts.
fn acts_always(leg: &Leg) -> bool {
    leg.steps.first().is_some_and(|step| step.condition == ConditionId::PLAIN)
}

/// A walk through the steps of a job.
struct Walk<'w> {
    place: usize,
    engine: &'w dyn Reading,
    jobs: &'w Jobs<'w>,
    world: &'w World,
}

impl Walk<'_> {
    /// That some step of a leg runs. Either steps may fail and the job may be stopped, or neither happens.
    fn some_runs(&self, leg: &Leg, may_fail: bool) -> Proposition {
        let (world, logic) = (self.world, self.world.logic());
        let stopped = if may_fail { world.free("the job is cancelled") } else { logic.falsehood() };
        let mut before = StepsBefore::first(stopped, logic);
        let mut some = logic.falsehood();
        for (number, step) in leg.steps.iter().enumerate() {
            let runs = self.engine.holds(self.place, step.condition, &before, self.jobs, world);
            let runs = runs.unwrap_or_else(|| world.free_at("a step runs", number));
            some = logic.or(&some, &runs);
            let succeeds = if may_fail { world.free_at("a step succeeds", number) } else { logic.truth() };
            end(step, &runs, &succeeds, &mut before, world);
        }
        some
    }
}

/// Adds the end of a step to the state that later steps can read.
pub(crate) fn end(
    step: &Step,
    runs: &Proposition,
    succeeds: &Proposition,
    before: &mut StepsBefore,
    world: &World,
) {
    let logic = world.logic();
    let failed = logic.and_not(runs, succeeds);
    let goes_on = step.goes_on == Some(true);
    if let Some(id) = &step.id {
        let end = StepEnd {
            success: logic.and(runs, succeeds),
            failure: logic.and_not(&failed, &before.stopped),
            cancelled: logic.and(&failed, &before.stopped),
            skipped: logic.not(runs),
            goes_on,
            outputs: BTreeMap::new(),
        };
        before.ended.insert(id.to_ascii_lowercase(), end);
    }
    if !goes_on {
        before.success = logic.and_not(&before.success, &failed);
    }
}
