//! How each job starts and ends, as propositions over the facts of the run and what nobody knows before it.

use crate::meaning::expression::{Cases, Datum};
use crate::meaning::world::World;
use crate::read::yaml::same_ignoring_case;
use pipec_ir::StageId;
use pipec_logic::Proposition;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// Which results of jobs are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Results {
    /// Every job that starts is green, but for gates that only report and the gate that the run overrides; nothing is
    /// cancelled.
    Green,
    /// Every result may stand beside every other, as if each job were re-run on its own (trap 18). What holds here hangs
    /// on no other job's condition (trap 2), and holds the more where results hang together.
    Any,
}

/// The states of all jobs, by id.
pub(crate) type Jobs<'w> = FxHashMap<&'w str, JobState<'w>>;

/// How a job starts and ends; and what it left.
#[derive(Debug)]
pub(crate) struct JobState<'w> {
    pub(crate) id: &'w str,
    /// Its place among the jobs.
    pub(crate) place: usize,
    pub(crate) results: Results,
    /// That the run was cancelled when its condition was looked at.
    pub(crate) stopped: Proposition,
    /// That `on:` triggers the run.
    pub(crate) triggered: Proposition,
    /// What its condition asks for besides the results of nodes.
    pub(crate) circumstances: Proposition,
    /// What its condition asks of the results of nodes, by their stages: a diagram of it all doubles with every stage that is
    /// not in each run, and no proof but one that fails needs it.
    pub(crate) asked: BTreeMap<StageId, Vec<Proposition>>,
    /// All three: that it starts.
    pub(crate) start: OnceCell<Proposition>,
    pub(crate) success: Proposition,
    pub(crate) outputs: Vec<Output<'w>>,
    /// The jobs it needs.
    pub(crate) needs: &'w [String],
    /// How it ends where it does not succeed: asked of few.
    pub(crate) unsuccessful: OnceCell<Unsuccessful>,
    /// That every job it needs, transitively, succeeded; and that one of them failed.
    pub(crate) all_before: OnceCell<Proposition>,
    pub(crate) failed_before: OnceCell<Proposition>,
}

/// An output of a job.
#[derive(Debug)]
pub(crate) struct Output<'w> {
    pub(crate) name: &'w str,
    /// What it tells if the job was green, if that is known.
    pub(crate) fact: Option<Proposition>,
    /// That it is a word, of those that were asked for: conditions ask for few, over and over.
    pub(crate) words: RefCell<Vec<(String, Proposition)>>,
}

/// How a job ends that does not succeed.
#[derive(Debug)]
pub(crate) struct Unsuccessful {
    pub(crate) failure: Proposition,
    pub(crate) cancelled: Proposition,
    pub(crate) skipped: Proposition,
}

impl JobState<'_> {
    /// That it starts.
    pub(crate) fn start(&self, world: &World) -> &Proposition {
        self.start.get_or_init(|| {
            let asked = world.logic().all(self.asked.values().flatten());
            let condition = world.logic().and(&self.circumstances, &asked);
            world.logic().and(&self.triggered, &condition)
        })
    }

    /// What its condition asks of the results of a stage's nodes.
    pub(crate) fn asked_of(&self, stage: StageId, world: &World) -> Proposition {
        world.logic().all(self.asked.get(&stage).into_iter().flatten())
    }

    /// How it ends where it does not succeed.
    pub(crate) fn unsuccessful(&self, world: &World) -> &Unsuccessful {
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
    pub(crate) fn failure(&self, world: &World) -> &Proposition {
        &self.unsuccessful(world).failure
    }

    /// That its result is this word.
    pub(crate) fn ended(&self, word: &str, world: &World) -> Proposition {
        let is = |result: &str| same_ignoring_case(word, result);
        if is("success") {
            self.success.clone()
        } else if is("failure") {
            self.unsuccessful(world).failure.clone()
        } else if is("cancelled") {
            self.unsuccessful(world).cancelled.clone()
        } else if is("skipped") {
            self.unsuccessful(world).skipped.clone()
        } else {
            world.logic().falsehood()
        }
    }

    /// Its result.
    pub(crate) fn result(&self, world: &World) -> Cases {
        let word = |word: &str| (self.ended(word, world), Datum::exact(word));
        ["success", "failure", "cancelled", "skipped"].map(word).to_vec()
    }

    /// Its output of this name, if it has one.
    pub(crate) fn output(&self, name: &str) -> Option<&Output<'_>> {
        self.outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name))
    }

    /// What it left as an output.
    pub(crate) fn left(&self, Output { name, fact, .. }: &Output<'_>, world: &World) -> Cases {
        let logic = world.logic();
        let Unsuccessful { failure, cancelled, skipped } = self.unsuccessful(world);
        let half_done = Datum::Unknown(format!("{name} of {} that is not green", self.id));
        let mut cases = vec![(skipped.clone(), Datum::exact("")), (logic.or(failure, cancelled), half_done)];
        match fact {
            Some(fact) => {
                cases.push((logic.and(&self.success, fact), Datum::exact("true")));
                cases.push((logic.and_not(&self.success, fact), Datum::exact("false")));
            }
            None => cases.push((self.success.clone(), Datum::Unknown(format!("{name} of {}", self.id)))),
        }
        cases
    }

    fn all_before(&self, jobs: &Jobs<'_>, world: &World) -> &Proposition {
        self.all_before.get_or_init(|| all_succeeded(self.needs, jobs, world))
    }

    fn failed_before(&self, jobs: &Jobs<'_>, world: &World) -> &Proposition {
        self.failed_before.get_or_init(|| any_failed(self.needs, jobs, world))
    }
}

/// That these jobs and all that they need, transitively, succeeded; what is no job never does.
pub(crate) fn all_succeeded(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let succeeded = |need: &String| match jobs.get(need.as_str()) {
        Some(job) => logic.and(job.all_before(jobs, world), &job.success),
        None => logic.falsehood(),
    };
    logic.all(&needs.iter().map(succeeded).collect::<Vec<_>>())
}

/// That one of these jobs, or of those that they need, transitively, failed.
pub(crate) fn any_failed(needs: &[String], jobs: &Jobs<'_>, world: &World) -> Proposition {
    let logic = world.logic();
    let failed = |job: &JobState<'_>| logic.or(job.failed_before(jobs, world), job.failure(world));
    let each = needs.iter().filter_map(|need| jobs.get(need.as_str())).map(failed);
    logic.any(&each.collect::<Vec<_>>())
}
