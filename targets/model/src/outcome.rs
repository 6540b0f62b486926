//! How each job starts and ends, as propositions over the facts of the run and what nobody knows before it.

use crate::World;
use pipec_ir::StageId;
use pipec_logic::Proposition;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// Which results of jobs are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// Every job that starts is green, but for gates that only report and the gate that the run overrides; nothing is
    /// cancelled.
    Green,
    /// Every result may stand beside every other, as if each job were re-run on its own (trap 18). What holds here hangs
    /// on no other job's condition (trap 2), and holds the more where results hang together.
    Any,
}

/// The states of all jobs, by id.
pub type Jobs<'w> = FxHashMap<&'w str, JobState<'w>>;

/// How a job starts and ends; and what it left.
#[derive(Debug)]
pub struct JobState<'w> {
    /// Its id.
    pub id: &'w str,
    /// Its place among the jobs.
    pub place: usize,
    /// Which results are looked at.
    pub results: Results,
    /// That the run was cancelled when its condition was looked at.
    pub stopped: Proposition,
    /// That `on:` triggers the run.
    pub triggered: Proposition,
    /// What its condition asks for besides the results of nodes.
    pub circumstances: Proposition,
    /// What its condition asks of the results of nodes, by their stages: a diagram of it all doubles with every stage that is
    /// not in each run, and no proof but one that fails needs it.
    pub asked: BTreeMap<StageId, Vec<Proposition>>,
    /// All three: that it starts.
    pub start: OnceCell<Proposition>,
    /// That it succeeds.
    pub success: Proposition,
    /// What it hands on.
    pub outputs: Vec<Output<'w>>,
    /// The jobs it needs.
    pub needs: &'w [String],
    /// How it ends where it does not succeed: asked of few.
    pub unsuccessful: OnceCell<Unsuccessful>,
    /// That every job it needs, transitively, succeeded; and that one of them failed.
    pub all_before: OnceCell<Proposition>,
    /// That one of them failed.
    pub failed_before: OnceCell<Proposition>,
}

/// An output of a job.
#[derive(Debug)]
pub struct Output<'w> {
    /// Its name.
    pub name: &'w str,
    /// What it tells if the job was green, if that is known.
    pub fact: Option<Proposition>,
    /// That it is a word, of those that were asked for: conditions ask for few, over and over.
    pub words: RefCell<Vec<(String, Proposition)>>,
}

/// How a job ended, as later jobs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum JobResult {
    Success,
    Failure,
    Cancelled,
    Skipped,
}

impl JobResult {
    /// All of them.
    pub const ALL: [JobResult; 4] =
        [JobResult::Success, JobResult::Failure, JobResult::Cancelled, JobResult::Skipped];

    /// Its word, as engines and scripts say it.
    pub fn word(self) -> &'static str {
        match self {
            JobResult::Success => "success",
            JobResult::Failure => "failure",
            JobResult::Cancelled => "cancelled",
            JobResult::Skipped => "skipped",
        }
    }
}

/// How a job ends that does not succeed.
#[derive(Debug)]
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

    /// What its condition asks of the results of a stage's nodes.
    pub fn asked_of(&self, stage: StageId, world: &World) -> Proposition {
        world.logic().all(self.asked.get(&stage).into_iter().flatten())
    }

    /// How it ends where it does not succeed.
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
            let begun = world.free_at("a job had begun", self.place);
            // By its own timeout, or with the run (trap 7: only the latter is `cancelled()`). A job that had not begun when
            // the run was cancelled is cancelled too.
            let cancelled = logic.and_not(&world.free_at("a job is cancelled", self.place), &self.success);
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

    /// That it ended so.
    pub fn ended(&self, result: JobResult, world: &World) -> &Proposition {
        match result {
            JobResult::Success => &self.success,
            JobResult::Failure => &self.unsuccessful(world).failure,
            JobResult::Cancelled => &self.unsuccessful(world).cancelled,
            JobResult::Skipped => &self.unsuccessful(world).skipped,
        }
    }

    /// Its output of this name, if it has one.
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

/// That these jobs and all that they need, transitively, succeeded; what is no job never does.
pub fn all_succeeded(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let succeeded = |need: &String| match jobs.get(need.as_str()) {
        Some(job) => logic.and(job.all_before(jobs, world), &job.success),
        None => logic.falsehood(),
    };
    logic.all(&needs.iter().map(succeeded).collect::<Vec<_>>())
}

/// That one of these jobs, or of those that they need, transitively, failed.
pub fn any_failed(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let failed = |job: &JobState<'_>| logic.or(job.failed_before(jobs, world), job.failure(world));
    let each = needs.iter().filter_map(|need| jobs.get(need.as_str())).map(failed);
    logic.any(&each.collect::<Vec<_>>())
}
