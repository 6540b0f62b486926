//! The jobs of an output: their predecessors, rights, environments, locks and services.
//!
//! For example, the job
//!
//! ```yaml
//! deploy:
//!   needs: [unit]
//!   environment: production
//!   timeout-minutes: 10
//! ```
//!
//! waits for `unit`, enters the environment `production`, has a timeout of 10 and one leg.

use crate::{Given, Legs, Value};
use std::rc::Rc;

/// A job of an output.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its line in the output, from 1.
    pub line: usize,
    /// The ids of its direct predecessors.
    pub waits_for: Rc<[String]>,
    /// The condition on which it starts.
    pub starts: Starts,
    /// Its legs. A job without a matrix has one.
    pub legs: Legs,
    /// The rights of its token. `None` if the output does not state them, so that the platform decides.
    pub rights: Option<Rights>,
    /// The environment that it enters.
    pub environment: Option<EnvironmentUse>,
    /// The lock that it holds.
    pub lock: Option<LockUse>,
    /// Its timeout, in minutes. `None` if the output does not state a number.
    pub timeout: Option<f64>,
    /// Whether the run stays green after its failure. `None` if the output does not state it.
    pub ignores_failure: Option<bool>,
    /// The services that run next to its steps. `None` if the output does not state them.
    pub sidecars: Option<Vec<Sidecar>>,
    /// Whether its steps run in a container.
    pub is_in_container: bool,
    /// The secrets and facts that the job mentions in any place.
    pub mentions: Mentions,
}

/// The start condition of a job, as far as the job alone shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// No condition: it starts if all its predecessors succeeded.
    Plain,
    /// It starts after any outcome of its predecessors.
    Always,
    /// Another condition.
    Conditional,
}

/// The rights of a job's token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The scopes by the engine's names, each with its level: `read` or `write`.
    pub scopes: Vec<(String, String)>,
    /// Their line in the output, from 1.
    pub line: usize,
    /// Whether the output has something other than a list of scopes.
    pub is_unknown: bool,
}

/// The entry of a job into an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentUse {
    /// The name. `None` if it is not literal.
    pub name: Option<String>,
    /// Whether the platform records a deployment.
    pub records_deployment: bool,
    /// The address of the deployed system.
    pub url: Option<Value>,
    /// Its line in the output, from 1.
    pub line: usize,
    /// Whether it has a part that this model does not know.
    pub is_unknown: bool,
}

/// The use of a lock by a job.
#[derive(Clone, Debug, PartialEq)]
pub struct LockUse {
    /// The key: jobs of the same key never run together.
    pub key: Value,
    /// Which of the waiting jobs are kept.
    pub waiting: Waiting,
    /// Whether a waiting job may cancel the running one. Also true if the lock has a part that this model does not
    /// know.
    pub may_cancel: bool,
}

/// Which of the jobs that wait for a lock are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// All of them.
    All,
    /// The newest only: the others are dropped.
    Newest,
    /// Unknown.
    Unknown,
}

/// A service that runs next to the steps of a job.
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
    /// Whether it has a part that this model does not know.
    pub is_unknown: bool,
}

/// The secrets and facts that a job mentions, by the lines of the output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The lines that pass on a secret or the token in a forbidden way. Only the variables of a step may have them.
    pub leaks: Vec<usize>,
    /// The lines with the word for secrets in any text, even with another meaning.
    pub secrets: Vec<usize>,
    /// Whether an expression may read a secret.
    pub reads_secrets: bool,
    /// Whether an expression reads an output of the step that computes facts.
    pub reads_facts: bool,
}

impl Job {
    /// The steps of the job. For a job with several legs, those of the first.
    pub fn steps(&self) -> &[crate::Step] {
        self.legs.all.first().map(|leg| leg.steps.as_slice()).unwrap_or_default()
    }

    /// The outputs of the job. For a job with several legs, those of the first.
    pub fn outputs(&self) -> &[Given] {
        self.legs.all.first().map(|leg| leg.outputs.as_slice()).unwrap_or_default()
    }

    /// Whether its token has a right other than reading.
    pub fn may_write(&self) -> bool {
        let mut scopes = self.rights.iter().flat_map(|rights| &rights.scopes);
        scopes.any(|(_, level)| level != "read")
    }
}
