//! How far a job has come when the condition of a step is looked at.

use pipec_logic::{Proposition, Propositions};
use std::collections::BTreeMap;

/// How the steps of a job have ended so far.
#[derive(Clone, Debug)]
pub struct StepsBefore {
    /// That every step before succeeded, except those whose failure lets the job go on.
    pub success: Proposition,
    /// That somebody stopped the job.
    pub stopped: Proposition,
    /// How each step with an id ended, by the id in lower case.
    pub ended: BTreeMap<String, StepEnd>,
}

/// How a step ended, and what it left.
#[derive(Clone, Debug)]
pub struct StepEnd {
    /// That it ran and succeeded.
    pub success: Proposition,
    /// That it ran and failed.
    pub failure: Proposition,
    /// That it was stopped while it ran.
    pub cancelled: Proposition,
    /// That it did not run.
    pub skipped: Proposition,
    /// Whether its failure lets the job go on.
    pub goes_on: bool,
    /// What is known of its outputs, by name: each text with the proposition under which it is that text.
    pub outputs: BTreeMap<String, Vec<(Proposition, String)>>,
}

impl StepsBefore {
    /// Before the first step of a job that somebody may have stopped.
    pub fn first(stopped: Proposition, logic: &Propositions) -> StepsBefore {
        StepsBefore { success: logic.truth(), stopped, ended: BTreeMap::new() }
    }
}
