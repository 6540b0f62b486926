//! A job of an output, as data.
//!
//! For example, the deploy of `app` to `production` with a window is a [`JobPlan`] with the role `Node(2)`, the waits
//! for `unit`, `app` and `wait-to-deploy-app-to-production`, and the start `AfterSuccess`.

use crate::guard::Guard;
use pipec_base::Span;
use pipec_ir::NodeId;

/// The role of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It decides the facts that the engine can't decide by itself.
    Plan,
    /// It waits for the window of a deploy.
    WaitForWindow(NodeId),
    /// It runs a node. The number is the index of its unit.
    Node(usize),
    /// It asks the role of a gate for an override.
    AskForOverride(NodeId),
    /// It checks the result of all jobs.
    Verdict,
    /// It records the run.
    Record,
    /// It finds the previews of an ephemeral environment that are due for teardown.
    Find(String),
    /// It tears down the found previews of an ephemeral environment.
    TearDown(String),
}

/// A job that an output has.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan {
    /// Its id. Other jobs refer to it.
    pub id: String,
    /// Its role.
    pub role: Role,
    /// Its origin.
    pub origin: Span,
    /// Its name for people and required checks.
    pub name: String,
    /// Lines for people who read the output.
    pub comments: Vec<String>,
    /// The jobs that it waits for, in order.
    pub waits: Vec<Wait>,
    /// When it starts, after its waits.
    pub start: Start,
    /// When a gate is exempt, and why. The first exemption that holds counts.
    pub exemptions: Vec<(Guard, String)>,
    /// The overrides that a deploy may rely on. It fails if one has expired.
    pub relies_on: Vec<Reliance>,
}

/// An override of a gate before a deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// The name of the gate.
    pub gate: String,
    /// The gate's job.
    pub job: String,
    /// The job that asked the gate's role.
    pub asked_by: String,
    /// How long the approval holds, in milliseconds.
    pub expires: u64,
}

/// When a job starts, after the end of all jobs that it waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// After any outcome of these jobs.
    Always,
    /// If this holds, every wait is over, and the run is not cancelled.
    If(Guard),
    /// If this holds, and all these jobs have succeeded.
    AfterSuccess(Guard),
}

/// A wait for the jobs of one node, or for one job of the compiler.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The jobs that must have ended.
    pub jobs: Vec<String>,
    /// The required outcome.
    pub passed: Guard,
    /// When one of them is due. In other runs there is no wait.
    pub due: Guard,
}

impl Wait {
    /// A wait for the success of a job. The job is due whenever the waiting job is.
    pub(crate) fn success(job: &str) -> Wait {
        Wait { jobs: vec![job.to_owned()], passed: Guard::Succeeded(job.to_owned()), due: Guard::Always }
    }

    /// A wait for the end of a job, with any outcome.
    pub(crate) fn end(job: String) -> Wait {
        Wait { jobs: vec![job], passed: Guard::Always, due: Guard::Always }
    }

    /// That the wait is over.
    pub fn guard(&self) -> Guard {
        match &self.due {
            Guard::Always => self.passed.clone(),
            due => Guard::any([self.passed.clone(), due.clone().negated()]),
        }
    }
}

impl JobPlan {
    /// The names of all jobs that must have ended before it starts, in order.
    pub fn needs(&self) -> impl Iterator<Item = &String> {
        self.waits.iter().flat_map(|wait| &wait.jobs)
    }

    /// That its node is not exempt.
    pub fn unless_exempt(&self) -> Guard {
        Guard::all(self.exemptions.iter().map(|(exempt, _)| exempt.clone().negated()))
    }

    /// When it is due.
    pub fn due(&self) -> &Guard {
        match &self.start {
            Start::Always => &Guard::Always,
            Start::If(due) | Start::AfterSuccess(due) => due,
        }
    }
}
