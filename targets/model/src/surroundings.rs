//! What a whole output says about all its jobs, and how its runs replace each other.

use pipec_logic::Proposition;

/// What an output says about all its jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The line of a finding about all of it, from 1.
    pub line: usize,
    /// Whether every job has rights that it does not ask for.
    pub grants_rights: bool,
    /// Whether a script fails as soon as one of its commands, or a command in a pipe, fails.
    pub shell_keeps_failures: bool,
    /// The names that the engine shows for the output and for its runs.
    pub names: Vec<ShownName>,
}

/// A name that an engine shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownName {
    /// Its text, if it is the name of the output and the same in every run.
    pub text: Option<String>,
    /// Its line in the output, from 1.
    pub line: usize,
}

/// The group of runs that a run belongs to. An engine runs one of a group at a time, and drops all but the newest that wait.
#[derive(Clone, Debug)]
pub struct RunGroup {
    /// The text that every group of the output begins with; none, if the model can't tell.
    pub prefix: Option<String>,
    /// That a run is alone in its group.
    pub is_alone: Proposition,
    /// That a newer run of the group cancels it while it runs.
    pub is_cancelled: Proposition,
    /// Its line in the output, from 1.
    pub line: usize,
}
