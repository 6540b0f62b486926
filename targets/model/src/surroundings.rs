//! Settings of an output for all its jobs, and the groups of its runs.
//!
//! ```text
//! permissions: {}                                    grants_rights: false
//! concurrency:
//!   group: pipec-shop-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}
//!                                                    prefix: "pipec-shop-"; is_alone: the run is of no pull request
//!   cancel-in-progress: ${{ github.event_name == 'pull_request' }}
//!                                                    is_cancelled: the run is of a pull request
//! ```
//!
//! The first setting is one of [`Surroundings`], and the others are a [`RunGroup`].

use pipec_logic::Proposition;

/// The settings of an output for all its jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The line of a finding about the whole output, from 1.
    pub line: usize,
    /// Whether every job has rights that it does not request.
    pub grants_rights: bool,
    /// Whether a script stops at the first failing command, even in a pipe.
    pub shell_keeps_failures: bool,
    /// The names that the engine shows for the output and for its runs.
    pub names: Vec<ShownName>,
}

/// A name that an engine shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownName {
    /// Its text, if it is the output's name and equal in every run.
    pub text: Option<String>,
    /// Its line in the output, from 1.
    pub line: usize,
}

/// The group of a run. An engine runs one run of a group at a time, and drops all waiting runs except the newest.
#[derive(Clone, Debug)]
pub struct RunGroup {
    /// The common prefix of all groups of the output. `None` if it is unknown.
    pub prefix: Option<String>,
    /// That a run is alone in its group.
    pub is_alone: Proposition,
    /// That a newer run of the group cancels it while it runs.
    pub is_cancelled: Proposition,
    /// Its line in the output, from 1.
    pub line: usize,
}
