//! An output whose data somebody changed: jobs with other waits, conditions, steps and values.
//!
//! What depends on the run is still asked of the engine model that read the output. A job sees the results of those jobs that
//! it, as changed, waits for.

use pipec_ir::{Pins, Platform, RunnerHost};
use pipec_logic::Proposition;
use pipec_model::{
    ConditionId, ExpressionId, Job, Jobs, Need, Part, Reading, RunGroup, RunTrigger, StartPart, Starts,
    StepsBefore, Surroundings, World,
};
use pipec_runtime::Dialect;
use std::collections::BTreeSet;

/// The condition of a step that always runs.
pub const ALWAYS: ConditionId = ConditionId(usize::MAX);

/// The condition of a step that never runs.
pub const NEVER: ConditionId = ConditionId(usize::MAX - 1);

/// When a changed job starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// On the condition of the job at this place of the output.
    Of(usize),
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A job that may be changed.
#[derive(Clone, Debug)]
pub struct ChangedJob {
    /// As data.
    pub job: Job,
    /// Its place in the output.
    pub origin: usize,
    /// When it starts.
    pub condition: Condition,
}

/// An output that may be changed.
pub struct Changed<'r> {
    reading: &'r dyn Reading,
    /// Its jobs, each after all that it waits for.
    pub jobs: Vec<ChangedJob>,
    /// What triggers its runs.
    pub triggers: Vec<RunTrigger>,
}

impl<'r> Changed<'r> {
    /// An output in which nothing is changed so far.
    pub fn new(reading: &'r dyn Reading) -> Changed<'r> {
        let jobs = reading.jobs().into_iter().enumerate();
        let job = |(origin, job): (usize, &Job)| ChangedJob {
            job: job.clone(),
            origin,
            condition: Condition::Of(origin),
        };
        Changed { reading, jobs: jobs.map(job).collect(), triggers: reading.triggers().to_vec() }
    }

    /// Gives a job another condition.
    pub fn set_condition(&mut self, place: usize, condition: Condition) {
        let original = self.reading.jobs();
        let job = &mut self.jobs[place];
        job.condition = condition;
        job.job.starts = match condition {
            Condition::Of(origin) => original[origin].starts,
            Condition::Always => Starts::Always,
            Condition::Never => Starts::Conditional,
        };
    }

    /// The states of all jobs that a job waits for, directly or indirectly.
    ///
    /// An expression of the output knows nothing of a job that its own job no longer waits for directly.
    fn seen_by<'j>(&self, place: usize, jobs: &Jobs<'j>) -> Jobs<'j> {
        let mut open: Vec<&str> = self.jobs[place].job.waits_for.iter().map(String::as_str).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                let known = self.jobs.iter().filter(|job| job.job.id == next);
                open.extend(known.flat_map(|job| job.job.waits_for.iter().map(String::as_str)));
            }
        }
        let all = self.reading.jobs();
        let job = &self.jobs[place];
        for dropped in all[job.origin].waits_for.iter().filter(|need| !job.job.waits_for.contains(need)) {
            seen.remove(dropped.as_str());
        }
        // The condition of a step may ask whether its own job was stopped.
        seen.insert(&self.jobs[place].job.id);
        let states = jobs.iter().filter(|(id, _)| seen.contains(**id));
        states.map(|(id, state)| (*id, state.clone())).collect()
    }
}

impl Reading for Changed<'_> {
    fn name(&self) -> &'static str {
        self.reading.name()
    }

    fn dialect(&self) -> Dialect {
        self.reading.dialect()
    }

    fn jobs(&self) -> Vec<&Job> {
        self.jobs.iter().map(|job| &job.job).collect()
    }

    fn ignores_case(&self) -> bool {
        self.reading.ignores_case()
    }

    fn has_environments(&self, platform: Option<&Platform>) -> bool {
        self.reading.has_environments(platform)
    }

    fn triggers(&self) -> &[RunTrigger] {
        &self.triggers
    }

    fn surroundings(&self) -> &Surroundings {
        self.reading.surroundings()
    }

    fn run_group(&self, world: &World) -> Option<RunGroup> {
        self.reading.run_group(world)
    }

    fn start(
        &self,
        place: usize,
        before: &Jobs<'_>,
        stopped: &Proposition,
        world: &World,
    ) -> Vec<StartPart<'_>> {
        let constant = |holds: bool| {
            let holds = world.logic().constant(holds);
            vec![StartPart { holds, asks: Vec::new(), is_lasting: false }]
        };
        match self.jobs[place].condition {
            Condition::Always => constant(true),
            Condition::Never => constant(false),
            Condition::Of(origin) => self.reading.start(origin, &self.seen_by(place, before), stopped, world),
        }
    }

    fn holds(
        &self,
        place: usize,
        condition: ConditionId,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        match condition {
            ALWAYS => Some(world.logic().truth()),
            NEVER => Some(world.logic().falsehood()),
            _ => {
                let seen = self.seen_by(place, jobs);
                self.reading.holds(self.jobs[place].origin, condition, before, &seen, world)
            }
        }
    }

    fn reads(
        &self,
        place: usize,
        expression: ExpressionId,
        word: &str,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        self.reading.reads(self.jobs[place].origin, expression, word, &self.seen_by(place, jobs), world)
    }

    fn output_is(
        &self,
        place: usize,
        output: &Part,
        word: &str,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        let seen = self.seen_by(place, jobs);
        self.reading.output_is(self.jobs[place].origin, output, word, before, &seen, world)
    }

    fn scopes(&self, need: Need) -> &'static [(&'static str, &'static str)] {
        self.reading.scopes(need)
    }

    fn is_image(&self, given: &str, wanted: &str, lock: &Pins) -> bool {
        self.reading.is_image(given, wanted, lock)
    }

    fn is_machine(&self, machine: &str, host: RunnerHost) -> bool {
        self.reading.is_machine(machine, host)
    }

    fn calls(&self, uses: &str, wanted: &str, lock: &Pins) -> bool {
        self.reading.calls(uses, wanted, lock)
    }

    fn executes_input(&self, input: &str) -> bool {
        self.reading.executes_input(input)
    }

    fn longest_job(&self) -> f64 {
        self.reading.longest_job()
    }
}
