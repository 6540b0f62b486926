//! The output that tears down ephemeral environments.
//!
//! It starts when a pull request is closed and every hour, never for forks and bots. It runs no code of a pull request,
//! has the lock of the deploys, and gives its scripts the values of the source. For an environment `preview` there are
//! two jobs:
//!
//! ```text
//! find-preview        finds the pull requests to tear down for, and passes on their numbers as a list
//! teardown-preview    one leg for each number: checks again, checks out the default branch, runs the scripts of the source
//! ```

mod steps;

use crate::ledger::{Broken, Ledger};
use crate::{Proof, rounds};
use crate::{exclusion, locks};
use pipec_claims::{Theorem, TheoremId};
use pipec_ir::facts::Vocabulary;
use pipec_ir::{Environment, Event, GeneratedFile, Pipeline, Program, RunnerHost};
use pipec_logic::{Proposition, TooLarge};
use pipec_model::{
    Finding, Job, Jobs, ListedBy, ManualEntry, NameFilter, Need, Part, PullRequestChange, Questions, Reading,
    Results, RunEvent, RunTrigger, StepsBefore, Value, Waiting, World, follow, scopes_of,
};
use std::collections::{BTreeMap, BTreeSet};

/// The theorems that fail if another job tears down, or does something else. Its jobs have the secrets and the lock of
/// the environment.
const THEOREMS: &[TheoremId] = &[
    TheoremId::Teardown,
    TheoremId::EnteredByDeploysOnly,
    TheoremId::HeldByDeploysOnly,
    TheoremId::LeastAuthority,
    TheoremId::UntrustedEmpty,
    TheoremId::ScriptsArrive,
    TheoremId::Lock,
];

/// The output with the found numbers. It is also the value that distinguishes the legs of a teardown.
const PULL_REQUESTS: &str = "pull-requests";
const PULL_REQUEST: &str = "pull-request";

/// The value of that output if nothing was found.
const NONE: &str = "[]";

/// The maximum timeout of its jobs, in minutes.
const LONGEST: f64 = 60.0;

/// The ephemeral environments that a pipeline enters, by name.
pub fn previews<'p>(program: &'p Program, pipeline: &Pipeline) -> BTreeMap<&'p str, &'p Environment> {
    let all = pipeline.nodes.iter().filter_map(|node| program.preview_of(node));
    all.map(|environment| (environment.name.as_str(), environment)).collect()
}

/// Compares the teardown output of a pipeline with the pipeline. `engine` has read it from `file`.
pub fn prove_teardown(
    program: &Program,
    pipeline: &Pipeline,
    engine: &dyn Reading,
    file: &GeneratedFile,
) -> Proof {
    let jobs = engine.jobs();
    let environments = previews(program, pipeline);
    let ledger = rounds(|known| {
        let world = world(known)?;
        let mut teardown = Teardown::new(pipeline, engine, &jobs, &world);
        if world.unanswered().is_none() {
            teardown.check(&environments);
        }
        Ok((teardown.ledger, world.unanswered()))
    });
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let theorem = |environment: &&str| Theorem::Teardown {
        environment: (*environment).to_owned(),
        file: name.to_owned(),
    };
    ledger.proof(environments.keys().map(theorem).collect())
}

/// The runs of closed pull requests and schedules.
fn world(known: Option<Questions>) -> Result<World, TooLarge> {
    let mut vocabulary = Vocabulary::new();
    vocabulary.add_event(Event::PullRequest);
    vocabulary.add_event(Event::Schedule);
    World::new(vocabulary, known.unwrap_or_default(), ManualEntry::default())
}

struct Teardown<'t> {
    pipeline: &'t Pipeline,
    engine: &'t dyn Reading,
    world: &'t World,
    /// The jobs, each after all that it waits for.
    all_jobs: &'t [&'t Job],
    /// The start and the end of each job, independent of the others.
    states: Jobs<'t>,
    /// That the run is triggered.
    triggered: Proposition,
    ledger: Ledger,
}

/// The requirements of a teardown job.
struct Frame<'w> {
    /// Its name.
    name: Value,
    /// The runs in which it starts.
    starts: Proposition,
    /// The purposes of its token.
    needs: &'w [Need],
}

impl<'t> Teardown<'t> {
    fn new(
        pipeline: &'t Pipeline,
        engine: &'t dyn Reading,
        all_jobs: &'t [&'t Job],
        world: &'t World,
    ) -> Teardown<'t> {
        let events = world.facts.any_event([Event::PullRequest, Event::Schedule]);
        let triggered = world.logic().and(&world.possible(), &events);
        let start = |place: usize, before: &Jobs<'t>, stopped: &Proposition| {
            engine.start(place, before, stopped, world)
        };
        let states = follow(all_jobs.iter().copied(), &triggered, world, None, Results::Any, start);
        Teardown { pipeline, engine, world, all_jobs, states, triggered, ledger: Ledger::default() }
    }

    fn check(&mut self, environments: &BTreeMap<&str, &Environment>) {
        self.surroundings();
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for environment in environments.values() {
            let ids = ["find", "teardown"].map(|what| format!("{what}-{}", environment.name));
            for id in &ids {
                if self.job(id).is_none() {
                    let finding = Finding::of_file(format!("it has no job `{id}`"), 1);
                    self.ledger.add(broken(environment), finding);
                }
            }
            let [find, teardown] = ids.each_ref().map(|id| self.job(id));
            if let Some(job) = find {
                self.find(job, environment);
            }
            if let Some(job) = teardown {
                self.teardown(job, environment);
            }
            wanted.extend(ids);
        }
        for job in self.all_jobs.iter().filter(|job| !wanted.contains(&job.id)) {
            let finding =
                Finding::of_job(&job.id, "it belongs to no environment that is torn down", job.line);
            self.ledger.add(Broken::Everything, finding);
        }
    }

    fn job(&self, id: &str) -> Option<&'t Job> {
        self.all_jobs.get(self.states.get(id)?.place).copied()
    }

    /// That the run is triggered and not stopped. It was not stopped before the condition of a job was evaluated.
    fn alive(&self, job: &Job) -> Proposition {
        let logic = self.world.logic();
        match self.states.get(job.id.as_str()) {
            Some(state) => logic.and_not(&self.triggered, &state.stopped),
            None => logic.falsehood(),
        }
    }

    fn differs(&mut self, job: &Job, environment: &Environment, what: impl Into<String>) {
        self.ledger.add(broken(environment), Finding::of_job(&job.id, what, job.line));
    }

    /// Checks the triggers and the settings of the whole output.
    fn surroundings(&mut self) {
        let surroundings = self.engine.surroundings();
        let mut findings = Vec::new();
        let mut differs = |what: &str| findings.push(Finding::of_file(what, surroundings.line));
        if !is_started_right(self.engine.triggers()) {
            differs("something else than a closed pull request or the clock, every hour, starts it");
        }
        let name = format!("{} teardown", self.pipeline.name);
        if !matches!(surroundings.names.as_slice(), [shown] if shown.text.as_ref() == Some(&name)) {
            differs("it has another name");
        }
        let begins = format!("pipec-{}-teardown-", self.pipeline.name.to_lowercase());
        let is_kept = self.engine.run_group(self.world).is_some_and(|group| {
            let (dropped, _) = exclusion::lost(&group, &begins, self.world, &self.triggered);
            !self.world.logic().is_satisfiable(&dropped).unwrap_or(true)
        });
        if !is_kept {
            differs("a run of it may be dropped or cancelled");
        }
        findings.extend(exclusion::frame(surroundings));
        self.ledger.extend(&Broken::of(THEOREMS), findings);
    }

    /// Checks the common parts of all its jobs.
    fn frame(&mut self, job: &Job, environment: &Environment, wanted: &Frame<'_>) {
        if job.is_in_container || job.sidecars.is_some() || job.ignores_failure.is_some() {
            self.differs(job, environment, "it has another part than the source asks for, or lacks one");
        }
        self.starts(job, environment, &wanted.starts);
        let leg = job.legs.all.first();
        if leg.is_none_or(|leg| leg.shown_as != wanted.name) {
            self.differs(job, environment, "it has another name");
        }
        let machine = leg.and_then(|leg| leg.machine.as_literal()).unwrap_or_default();
        if !self.engine.is_machine(machine, RunnerHost::LinuxX64) {
            self.differs(job, environment, format!("it runs on `{machine}`"));
        }
        if job.timeout.is_none_or(|minutes| !(1.0..=LONGEST).contains(&minutes)) {
            self.differs(job, environment, "it has no timeout, or a long one");
        }
        let scopes = scopes_of(self.engine, wanted.needs.iter().copied());
        let same = job.rights.as_ref().is_some_and(|rights| {
            let is_wanted =
                |(scope, level): &(String, String)| scopes.get(scope.as_str()) == Some(&level.as_str());
            !rights.is_unknown && rights.scopes.len() == scopes.len() && rights.scopes.iter().all(is_wanted)
        });
        if !same {
            self.differs(job, environment, "its rights are not those of the table");
        }
        if job.legs.all.iter().any(|leg| !leg.variables.is_empty()) {
            self.differs(job, environment, "its variables reach all its steps");
        }
        for line in job.mentions.leaks.clone() {
            let finding = Finding::of_job(&job.id, "it passes on a secret or a token", line);
            self.ledger.add(broken(environment), finding);
        }
    }

    /// Checks that it starts exactly in these runs.
    fn starts(&mut self, job: &Job, environment: &Environment, wanted: &Proposition) {
        let Some(state) = self.states.get(job.id.as_str()) else { return };
        let logic = self.world.logic();
        let start = state.start(self.world);
        let otherwise = logic.or(&logic.and_not(start, wanted), &logic.and_not(wanted, start));
        let what = "it starts when it may not, or not when it must";
        let finding = match logic.is_satisfiable(&otherwise) {
            Ok(false) => return,
            Ok(true) => Finding::of_job(&job.id, what, job.line).shown_by(self.world.describe(&otherwise)),
            Err(too_large) => {
                Finding::undecided(format!("whether {what} is {too_large}"), job.line).in_job(&job.id)
            }
        };
        self.ledger.add(broken(environment), finding);
    }

    /// Checks the job that finds previews. It has one script and no secrets.
    fn find(&mut self, job: &Job, environment: &Environment) {
        let logic = self.world.logic();
        let clock = self.world.facts.event(Event::Schedule);
        let may_look = logic.or(&clock, &logic.not(&self.world.facts.fork()));
        let frame = Frame {
            name: Value::literal(format!("find {}", environment.name)),
            starts: logic.and(&self.alive(job), &may_look),
            needs: &[Need::Runs, Need::Deployments, Need::PullRequests],
        };
        self.frame(job, environment, &frame);
        let is_bare = job.environment.is_none() && job.lock.is_none() && job.waits_for.is_empty();
        if !is_bare || job.legs.is_split {
            self.differs(job, environment, "it has another part than the source asks for, or lacks one");
        }
        let [step] = job.steps() else {
            return self.differs(job, environment, "it is not one step");
        };
        let number = Part::Fact(pipec_ir::Fact::PullRequestNumber);
        self.finds(job, step, environment, number, "find");
        let found = Part::StepOutput { step: "find".to_owned(), output: PULL_REQUESTS.to_owned() };
        let is_handed_on = matches!(job.outputs(), [list]
            if *list.name == *PULL_REQUESTS && list.value.is_part(&found));
        if !is_handed_on {
            self.differs(job, environment, "it hands on something else than what it found");
        }
    }

    /// Checks the job that tears down.
    fn teardown(&mut self, job: &Job, environment: &Environment) {
        let find = format!("find-{}", environment.name);
        let mut needs = vec![Need::Runs, Need::Code, Need::EndDeployments, Need::PullRequests];
        if !environment.identities.is_empty() {
            needs.push(Need::ProveIdentity);
        }
        let name = Value::literal(format!("tear down {} (", environment.name));
        let frame = Frame {
            name: name.and(Part::OfLeg(PULL_REQUEST.to_owned())).and_literal(")"),
            starts: self.found(job, &find),
            needs: &needs,
        };
        self.frame(job, environment, &frame);
        if !job.outputs().is_empty() {
            self.differs(job, environment, "it has another part than the source asks for, or lacks one");
        }
        if *job.waits_for != [find.clone()] {
            self.differs(job, environment, "it does not wait for what was found");
        }
        let listed = ListedBy { value: PULL_REQUEST.to_owned(), job: find, output: PULL_REQUESTS.to_owned() };
        if job.legs.listed_by != Some(listed) || job.legs.stop_each_other {
            self.differs(job, environment, "its legs are not what was found");
        }
        let is_in_it = job.environment.as_ref().is_some_and(|given| {
            given.name.as_ref() == Some(&environment.name)
                && !given.records_deployment
                && given.url.is_none()
                && !given.is_unknown
        });
        if !is_in_it {
            self.differs(job, environment, "it is not in its environment, or leaves a deployment there");
        }
        let key = locks::key(&environment.name, self.pipeline).and_literal("/");
        let key = key.and(Part::OfLeg(PULL_REQUEST.to_owned()));
        let has_lock = job
            .lock
            .as_ref()
            .is_some_and(|lock| lock.key == key && lock.waiting == Waiting::All && !lock.may_cancel);
        if !has_lock {
            self.differs(job, environment, "its lock is not that of the deploys");
        }
        self.steps(job, environment);
    }

    /// That the finding job has succeeded and found something.
    fn found(&self, job: &Job, find: &str) -> Proposition {
        let logic = self.world.logic();
        let list = Part::JobOutput { jobs: vec![find.to_owned()], output: PULL_REQUESTS.to_owned() };
        let is_empty = self.states.get(job.id.as_str()).and_then(|state| {
            let before = StepsBefore::first(state.stopped.clone(), logic);
            self.engine.output_is(state.place, &list, NONE, &before, &self.states, self.world)
        });
        match (self.states.get(find), is_empty) {
            (Some(found), Some(is_empty)) => {
                logic.all(&[self.alive(job), found.success.clone(), logic.not(&is_empty)])
            }
            _ => logic.falsehood(),
        }
    }
}

/// The theorems that a finding about the teardown of an environment breaks.
fn broken(environment: &Environment) -> Broken {
    Broken::in_environment(THEOREMS, &environment.name)
}

/// Whether the triggers are right. They are the close of a pull request with any base, and an hourly schedule.
fn is_started_right(triggers: &[RunTrigger]) -> bool {
    let is_closed = |event: &RunEvent| {
        matches!(event, RunEvent::PullRequest { bases: NameFilter::All, changes }
            if *changes == [PullRequestChange::Closed])
    };
    let is_clock = |event: &RunEvent| {
        matches!(event, RunEvent::Schedule(times)
            if matches!(times.as_slice(), [times] if is_hourly(times)))
    };
    let [one, other] = triggers else { return false };
    [(one, other), (other, one)].iter().any(|(one, other)| is_closed(&one.event) && is_clock(&other.event))
}

/// Whether the times are one minute of every hour.
fn is_hourly(times: &str) -> bool {
    let minute = times.strip_suffix(" * * * *").and_then(|minute| minute.parse::<u8>().ok());
    minute.is_some_and(|minute| minute < 60)
}
