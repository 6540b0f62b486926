//! A job of an output, as data that names no engine.
//!
//! For example, `deploy app to production` in a stage with `when branch is main` becomes
//!
//! ```text
//! id            deploy-app-to-production
//! waits         unit, app: each has succeeded
//! start         If(Atom(branch is main))
//! timeout       the timeout of the deploy
//! environment   production, a deployment
//! lock          production; all that wait keep their place
//! token         Deployed, Checkout
//! acts          Forward, checkout, fetch app, VerifyFolder, the script
//! ```

use crate::acts::Act;
use crate::guard::Guard;
use crate::legs::Legs;
use crate::token::TokenUse;
use crate::value::{Part, Value, Variables};
use pipec_base::Span;
use pipec_ir::{NodeId, Runner, RunnerHost, Sidecar};
use pipec_runtime::Systems;
use std::borrow::Cow;
use std::rc::Rc;

/// A minute, in milliseconds.
pub(crate) const MINUTE: u64 = 60_000;

/// The role of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It decides the facts that the engine can't decide by itself.
    Plan,
    /// It waits for the window of a deploy.
    WaitForWindow(NodeId),
    /// It runs the node of the unit at this place.
    Node(usize),
    /// It asks the role of a gate for an override.
    AskForOverride(NodeId),
    /// It is the check to require: green if every job that was due has succeeded.
    Verdict,
    /// It records what ran.
    Record,
    /// It finds the previews of an ephemeral environment that are due for teardown.
    Find(String),
    /// It tears down the found previews of an ephemeral environment.
    TearDown(String),
}

/// A job that an output has.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan<'p> {
    /// The name by which other jobs know it.
    pub id: Rc<str>,
    /// Its role.
    pub role: Role,
    /// Its origin.
    pub origin: Span,
    /// The name by which people and required checks know it.
    pub name: Rc<str>,
    /// Lines for people who read the output.
    pub comments: Vec<String>,
    /// The jobs that it waits for, in order.
    pub waits: Vec<Wait>,
    /// The condition under which it starts, after its waits.
    pub start: Start,
    /// Whether every job before it, near or far, has succeeded whenever it starts.
    pub follows_success: bool,
    /// The legs it runs in.
    pub legs: Legs<'p>,
    /// The machine of each leg of its matrix; if empty, the engine's own Linux machine.
    pub runners: Vec<&'p Runner>,
    /// The sidecars that run beside it, each with its variables.
    pub sidecars: Vec<(&'p Sidecar, Variables<'p>)>,
    /// How long it may take.
    pub timeout: Timeout,
    /// The reason why its failure stops nothing, if it is an advisory gate.
    pub advisory: Option<&'p str>,
    /// The environment that it enters.
    pub environment: Option<EnvironmentUse<'p>>,
    /// The lock that it holds while it runs.
    pub lock: Option<LockUse<'p>>,
    /// What it needs its token for.
    pub token: Vec<TokenUse<'p>>,
    /// What later jobs read of it.
    pub hands_on: Vec<HandOn<'p>>,
    /// The variables of all its scripts that come from the source.
    pub variables: Variables<'p>,
    /// Its acts, in order.
    pub acts: Vec<Act<'p>>,
}

/// How long a job may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// Milliseconds.
    Milliseconds(u64),
    /// As long as the engine permits on its own machines.
    Longest,
}

/// The environment that a job enters.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentUse<'p> {
    /// Its name.
    pub name: Cow<'p, str>,
    /// Where people reach what is deployed there.
    pub url: Option<Value<'p>>,
    /// Whether the job deploys to it; else the environment only holds secrets.
    pub is_deployment: bool,
}

/// The lock that a job holds while it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct LockUse<'p> {
    /// The environment that is locked.
    pub environment: &'p str,
    /// The pull request, if each has a lock of its own.
    pub pull_request: Option<Part<'p>>,
    /// Whether only the newest job waits for it; else all that wait keep their place.
    pub newest: bool,
    /// A line for people who read the output.
    pub comment: String,
}

/// Something that a job hands on to later jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct HandOn<'p> {
    /// Its name.
    pub name: Cow<'p, str>,
    /// The leg that hands it on, if each leg has a value of its own.
    pub leg: Option<String>,
    /// Its value.
    pub value: Value<'p>,
}

/// When a job starts, after the end of all jobs that it waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Always, whatever the results of the others.
    Always,
    /// If this holds, every wait is over, and the run is not cancelled.
    If(Guard),
    /// If this holds, and all these jobs have succeeded.
    AfterSuccess(Guard),
    /// If this holds, whatever the results of the others, and also in a cancelled run.
    Afterwards(Guard),
}

/// A wait for the jobs of one node, or for one job of the compiler.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The jobs that must have ended.
    pub jobs: Vec<Rc<str>>,
    /// The guard that they have ended as they must.
    pub passed: Guard,
    /// The guard that one of them is due. In other runs there is nothing to wait for.
    pub due: Guard,
}

impl Wait {
    /// A wait for the success of a job. The job is due whenever the waiting job is.
    pub(crate) fn success(job: &str) -> Wait {
        let job: Rc<str> = job.into();
        Wait { jobs: vec![Rc::clone(&job)], passed: Guard::Succeeded(job), due: Guard::Always }
    }

    /// A wait for the end of a job, with any outcome.
    pub(crate) fn end(job: Rc<str>) -> Wait {
        Wait { jobs: vec![job], passed: Guard::Always, due: Guard::Always }
    }

    /// Whether the guard that the wait is over depends on the `plan` job.
    pub(crate) fn asks_the_plan(&self) -> bool {
        self.passed.asks_the_plan() || self.due.asks_the_plan()
    }

    /// The guard that the wait is over.
    pub fn guard(&self) -> Guard {
        match &self.due {
            Guard::Always => self.passed.clone(),
            due => Guard::any([self.passed.clone(), due.clone().negated()]),
        }
    }
}

impl<'p> HandOn<'p> {
    /// A value that the whole job has.
    pub(crate) fn new(name: impl Into<Cow<'p, str>>, value: Value<'p>) -> HandOn<'p> {
        HandOn { name: name.into(), leg: None, value }
    }
}

impl<'p> JobPlan<'p> {
    /// A job that does nothing yet.
    pub(crate) fn new(
        id: impl Into<Rc<str>>,
        role: Role,
        origin: Span,
        name: impl Into<Rc<str>>,
    ) -> JobPlan<'p> {
        JobPlan {
            id: id.into(),
            role,
            origin,
            name: name.into(),
            comments: Vec::new(),
            waits: Vec::new(),
            start: Start::If(Guard::Always),
            follows_success: false,
            legs: Legs::None,
            runners: Vec::new(),
            sidecars: Vec::new(),
            timeout: Timeout::Longest,
            advisory: None,
            environment: None,
            lock: None,
            token: Vec::new(),
            hands_on: Vec::new(),
            variables: Vec::new(),
            acts: Vec::new(),
        }
    }

    /// The names of all jobs that must have ended before it starts, in order.
    pub fn needs(&self) -> impl Iterator<Item = &Rc<str>> {
        self.waits.iter().flat_map(|wait| &wait.jobs)
    }

    /// The image that its acts run in.
    pub fn image(&self) -> Option<&'p str> {
        let (image, _) = self.runners.first()?.image.as_ref()?;
        Some(image)
    }

    /// The systems that it may run on.
    pub fn systems(&self) -> Systems {
        let is_linux =
            |runner: &&'p Runner| matches!(runner.host, RunnerHost::LinuxX64 | RunnerHost::LinuxArm64);
        if self.runners.iter().all(is_linux) { Systems::Linux } else { Systems::Any }
    }

    /// Whether it may run on Windows.
    pub fn is_on_windows(&self) -> bool {
        self.runners.iter().any(|runner| runner.host == RunnerHost::WindowsX64)
    }
}
