//! A job of an output, as data.

use crate::guard::Guard;
use pipec_base::Span;
use pipec_ir::NodeId;

/// What a job is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It decides the facts that the engine can't decide by itself.
    Plan,
    /// It waits for the window of a deploy.
    WaitForWindow(NodeId),
    /// It does what a node says, in the runs that it is meant for: the place of its unit.
    Node(usize),
    /// It asks the role of a gate for an override.
    AskForOverride(NodeId),
    /// It says whether all is well.
    Verdict,
    /// It writes down what ran.
    Record,
    /// It finds what is to be torn down in an ephemeral environment.
    Find(String),
    /// It tears down what was found in an ephemeral environment.
    TearDown(String),
}

/// A job that an output has.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan {
    /// Its name, by which other jobs know it.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// Where it comes from.
    pub origin: Span,
    /// What people and required checks know it by.
    pub name: String,
    /// Lines for people who read the output.
    pub comments: Vec<String>,
    /// What it waits for, in order.
    pub waits: Vec<Wait>,
    /// When it starts, after its waits.
    pub start: Start,
    /// When a gate's job has nothing to do, and why; its first exemption that holds counts.
    pub exemptions: Vec<(Guard, String)>,
    /// The overrides that a deploy may rely on: it fails if one has expired.
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

/// When a job starts, after all that it waits for has ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Whatever became of the others.
    Always,
    /// If this holds, every wait is over, and nobody has cancelled the run.
    If(Guard),
    /// If this holds, and all that it waits for has succeeded.
    AfterSuccess(Guard),
}

/// What a job waits for: the jobs of one node, or one job of the compiler's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The jobs that must have ended.
    pub jobs: Vec<String>,
    /// How they must have ended.
    pub passed: Guard,
    /// When one of them is due; in other runs there is nothing to wait for.
    pub due: Guard,
}

impl Wait {
    /// The wait for the success of a job that is due whenever the waiting job is.
    pub(crate) fn success(job: &str) -> Wait {
        Wait { jobs: vec![job.to_owned()], passed: Guard::Succeeded(job.to_owned()), due: Guard::Always }
    }

    /// The wait for the end of a job, however it ends.
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
