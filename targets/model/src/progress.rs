//! The state of a job when the condition of a step is evaluated.
//!
//! ```text
//! - id: try-1
//!   continue-on-error: true                      success does not change, even if the step fails
//!   run: make deploy                             ended["try-1"] has the outcomes of the step
//! - if: steps.try-1.outcome == 'failure'         holds if success ∧ not stopped ∧ ended["try-1"].failure
//! ```
//!
//! GitHub adds `success()` to a condition without a status function, so this one also requires `success`.

use pipec_logic::{Proposition, Propositions};
use std::collections::BTreeMap;

/// The outcomes of a job's steps so far.
#[derive(Clone, Debug)]
pub struct StepsBefore {
    /// That every step before succeeded, except those with an ignored failure.
    pub success: Proposition,
    /// That the job was stopped.
    pub stopped: Proposition,
    /// The outcome of each step with an id, by the id in lower case.
    pub ended: BTreeMap<String, StepEnd>,
}

/// The outcome and the outputs of a step.
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
    /// Whether the job continues after its failure.
    pub goes_on: bool,
    /// Its known outputs, by name. Each text has the proposition under which the output is this text.
    pub outputs: BTreeMap<String, Vec<(Proposition, String)>>,
}

impl StepsBefore {
    /// The state before the first step of a job that may have been stopped.
    pub fn first(stopped: Proposition, logic: &Propositions) -> StepsBefore {
        StepsBefore { success: logic.truth(), stopped, ended: BTreeMap::new() }
    }
}
