//! The outcomes of jobs, as propositions over facts and unknown circumstances.
//!
//! The outcomes of an ordinary job: it has no plan and checks no override, and its node is neither advisory nor
//! overridable.
//!
//! ```text
//!              Results::Green     Results::Any
//! success      start              s                       s: "a job succeeds"
//! cancelled    never              c ∧ ¬s                  c: "a job is cancelled"
//! failure      never              ¬s ∧ ¬c ∧ b             b: "a job had begun"
//! skipped      ¬start             ¬s ∧ ¬c ∧ ¬b
//! ```
//!
//! `s`, `c` and `b` are free variables. So with `Results::Any`, an outcome does not depend on the start of the job, with one
//! exception: it succeeds only if the results that its condition demands are there. For example, with
//! `if: needs.unit.result == 'success' && github.event_name == 'push'`, success is `s ∧ success(unit)`.

use crate::World;
use pipec_ir::StageId;
use pipec_logic::Proposition;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// The results of jobs that a proof considers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// Every started job is green and nothing is cancelled. Advisory gates and the overridden gate are exceptions.
    Green,
    /// Every combination of results, as if each job were re-run on its own (trap 18), except that a job succeeds only if the
    /// results that its condition demands are there (trap 2). It also holds if results depend on each other further.
    Any,
}

/// The states of all jobs, by id.
pub type Jobs<'w> = FxHashMap<&'w str, JobState<'w>>;

/// The start, the end and the outputs of a job.
#[derive(Clone, Debug)]
pub struct JobState<'w> {
    /// Its id.
    pub id: &'w str,
    /// Its index among the jobs.
    pub place: usize,
    /// The results that are considered.
    pub results: Results,
    /// That the run was cancelled before its condition was evaluated.
    pub stopped: Proposition,
    /// That `on:` triggers the run.
    pub triggered: Proposition,
    /// The part of its condition that is not about the results of nodes.
    pub circumstances: Proposition,
    /// The part of its condition about the results of nodes, by their stages. A single diagram would double with every
    /// stage that is not in each run, and only a failing proof needs it.
    pub asked: BTreeMap<StageId, Vec<Proposition>>,
    /// The part of its condition that has the same value in all attempts: see [`crate::StartPart::is_lasting`]. It is true
    /// with [`Results::Green`].
    pub demands: Proposition,
    /// That it starts: the conjunction of triggers, circumstances and what it asks.
    pub start: OnceCell<Proposition>,
    /// That it succeeds.
    pub success: Proposition,
    /// Its outputs.
    pub outputs: Vec<Output<'w>>,
    /// The jobs in its `needs`.
    pub needs: &'w [String],
    /// The other outcomes. Few proofs need them.
    pub unsuccessful: OnceCell<Unsuccessful>,
    /// That every job before it, transitively, succeeded.
    pub all_before: OnceCell<Proposition>,
    /// That a job before it failed.
    pub failed_before: OnceCell<Proposition>,
}

/// An output of a job.
#[derive(Clone, Debug)]
pub struct Output<'w> {
    /// Its name.
    pub name: &'w str,
    /// The fact that it states after a green job, if known.
    pub fact: Option<Proposition>,
    /// That it equals a word, for each word asked for. Conditions ask for a few words repeatedly.
    pub words: RefCell<Vec<(String, Proposition)>>,
}

/// The outcome of a job, as later jobs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum JobResult {
    Success,
    Failure,
    Cancelled,
    Skipped,
}

impl JobResult {
    /// All results.
    pub const ALL: [JobResult; 4] =
        [JobResult::Success, JobResult::Failure, JobResult::Cancelled, JobResult::Skipped];

    /// Its word in engines and scripts.
    pub fn word(self) -> &'static str {
        match self {
            JobResult::Success => "success",
            JobResult::Failure => "failure",
            JobResult::Cancelled => "cancelled",
            JobResult::Skipped => "skipped",
        }
    }
}

/// The outcomes of a job other than success.
#[derive(Clone, Debug)]
pub struct Unsuccessful {
    /// It failed.
    pub failure: Proposition,
    /// It was cancelled, by its own timeout or with the run.
    pub cancelled: Proposition,
    /// It did not start.
    pub skipped: Proposition,
}

impl JobState<'_> {
    /// That it starts.
    pub fn start(&self, world: &World) -> &Proposition {
        self.start.get_or_init(|| {
            let asked = world.logic().all(self.asked.values().flatten());
            let condition = world.logic().and(&self.circumstances, &asked);
            world.logic().and(&self.triggered, &condition)
        })
    }

    /// The part of its condition about the results of a stage's nodes.
    pub fn asked_of(&self, stage: StageId, world: &World) -> Proposition {
        world.logic().all(self.asked.get(&stage).into_iter().flatten())
    }

    /// Its outcomes other than success.
    pub fn unsuccessful(&self, world: &World) -> &Unsuccessful {
        self.unsuccessful.get_or_init(|| {
            let logic = world.logic();
            if self.results == Results::Green {
                return Unsuccessful {
                    failure: logic.and_not(self.start(world), &self.success),
                    cancelled: logic.falsehood(),
                    skipped: logic.not(self.start(world)),
                };
            }
            let [begun, cancelled] = free_variables(world, self.place);
            // The cause is its own timeout, or the run's cancellation (trap 7: only the latter is `cancelled()`). A job
            // that had not begun before the cancellation of the run is cancelled, too.
            let cancelled = logic.and_not(&cancelled, &self.success);
            let neither = logic.not(&logic.or(&self.success, &cancelled));
            Unsuccessful {
                failure: logic.and(&neither, &begun),
                skipped: logic.and_not(&neither, &begun),
                cancelled,
            }
        })
    }

    /// That it failed.
    pub fn failure(&self, world: &World) -> &Proposition {
        &self.unsuccessful(world).failure
    }

    /// That it ended with this result.
    pub fn ended(&self, result: JobResult, world: &World) -> &Proposition {
        match result {
            JobResult::Success => &self.success,
            JobResult::Failure => &self.unsuccessful(world).failure,
            JobResult::Cancelled => &self.unsuccessful(world).cancelled,
            JobResult::Skipped => &self.unsuccessful(world).skipped,
        }
    }

    /// Its output with a name, if it has one.
    pub fn output(&self, name: &str) -> Option<&Output<'_>> {
        self.outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name))
    }

    fn all_before(&self, jobs: &Jobs<'_>, world: &World) -> &Proposition {
        self.all_before.get_or_init(|| all_succeeded(self.needs, jobs, world))
    }

    fn failed_before(&self, jobs: &Jobs<'_>, world: &World) -> &Proposition {
        self.failed_before.get_or_init(|| any_failed(self.needs, jobs, world))
    }
}

/// That a job had begun, and that it was cancelled, as far as no success says otherwise.
pub(crate) fn free_variables(world: &World, place: usize) -> [Proposition; 2] {
    ["a job had begun", "a job is cancelled"].map(|name| world.free_at(name, place))
}

/// That these jobs and all their predecessors succeeded. An unknown job never succeeds.
pub fn all_succeeded(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let succeeded = |need: &String| match jobs.get(need.as_str()) {
        Some(job) => logic.and(job.all_before(jobs, world), &job.success),
        None => logic.falsehood(),
    };
    logic.all(&needs.iter().map(succeeded).collect::<Vec<_>>())
}

/// That one of these jobs, or of their predecessors, failed.
pub fn any_failed(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let failed = |job: &JobState<'_>| logic.or(job.failed_before(jobs, world), job.failure(world));
    let each = needs.iter().filter_map(|need| jobs.get(need.as_str())).map(failed);
    logic.any(&each.collect::<Vec<_>>())
}
