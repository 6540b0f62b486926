//! The jobs of an output: what each waits for, what it may do, and what it runs beside.

use crate::{Given, Legs, Value};
use std::rc::Rc;

/// A job of an output.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its line in the output, from 1.
    pub line: usize,
    /// The ids of the jobs that it waits for, without those that they wait for in turn.
    pub waits_for: Rc<[String]>,
    /// The condition on which it starts.
    pub starts: Starts,
    /// The legs that the engine makes of it; one, if it is not split.
    pub legs: Legs,
    /// What its token may do. `None` if the output does not say, so that the platform decides.
    pub rights: Option<Rights>,
    /// The environment that it enters.
    pub environment: Option<EnvironmentUse>,
    /// The lock that it holds while it runs.
    pub lock: Option<LockUse>,
    /// How long it may take, in minutes. `None` if the output does not say, or not as a number.
    pub timeout: Option<f64>,
    /// What the output says of its failure: whether the run stays green. `None` if it says nothing.
    pub ignores_failure: Option<bool>,
    /// The services that run beside its steps. `None` if the output does not say.
    pub sidecars: Option<Vec<Sidecar>>,
    /// Whether its steps run in a container.
    pub is_in_container: bool,
    /// What the job mentions, wherever that is.
    pub mentions: Mentions,
}

/// When a job starts, as far as that can be read off the job alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// It has no condition of its own: it starts if all that it waits for succeeded.
    Plain,
    /// It starts whatever became of what it waits for.
    Always,
    /// It has another condition.
    Conditional,
}

/// What the token of a job may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The scopes by the engine's names, each with its level: `read` or `write`.
    pub scopes: Vec<(String, String)>,
    /// Their line in the output, from 1.
    pub line: usize,
    /// Whether the output says something else than a list of scopes.
    pub is_unknown: bool,
}

/// How a job enters an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentUse {
    /// The name. `None` if it is not literal.
    pub name: Option<String>,
    /// Whether the platform records a deployment.
    pub records_deployment: bool,
    /// The address of what is deployed.
    pub url: Option<Value>,
    /// Its line in the output, from 1.
    pub line: usize,
    /// Whether it says anything that this model does not know.
    pub is_unknown: bool,
}

/// How a job holds a lock.
#[derive(Clone, Debug, PartialEq)]
pub struct LockUse {
    /// The key: jobs of the same key never run together.
    pub key: Value,
    /// Which of the jobs that wait for it keep their place.
    pub waiting: Waiting,
    /// Whether a job that waits may cancel the one that runs, or the lock says anything that this model does not know.
    pub may_cancel: bool,
}

/// Which of the jobs that wait for a lock keep their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// All of them.
    All,
    /// The newest only: the others are dropped.
    Newest,
    /// It is not known.
    Unknown,
}

/// A service that runs beside the steps of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Sidecar {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: Value,
    /// Its variables.
    pub env: Vec<Given>,
    /// Its ports, as `port` or `port of the machine:port`. `None` if they are not literal.
    pub ports: Option<Vec<String>>,
    /// Whether it says anything that this model does not know.
    pub is_unknown: bool,
}

/// What a job mentions, by the lines of the output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Where it passes on a secret or its token elsewhere than in the variables of a step.
    pub leaks: Vec<usize>,
    /// Where the word for secrets is found in any text, even one that says something else.
    pub secrets: Vec<usize>,
    /// Whether an expression may read a secret.
    pub reads_secrets: bool,
    /// Whether an expression reads an output of the step that works out facts.
    pub reads_facts: bool,
}

impl Job {
    /// The steps of a job that is not split; those of the first leg of another.
    pub fn steps(&self) -> &[crate::Step] {
        self.legs.all.first().map(|leg| leg.steps.as_slice()).unwrap_or_default()
    }

    /// What a job that is not split hands on; those of the first leg of another.
    pub fn outputs(&self) -> &[Given] {
        self.legs.all.first().map(|leg| leg.outputs.as_slice()).unwrap_or_default()
    }

    /// Whether its token may do anything but read.
    pub fn may_write(&self) -> bool {
        let mut scopes = self.rights.iter().flat_map(|rights| &rights.scopes);
        scopes.any(|(_, level)| level != "read")
    }
}
