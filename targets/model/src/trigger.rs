//! What triggers the runs of an output, as data.
//!
//! ```yaml
//! on:
//!   push: {branches: [main]}      # a push to a branch that matches a pattern; no push of a tag
//!   schedule: [{cron: 0 3 * * *}] # a schedule of one time
//!   issues:                       # an event that the language does not have
//! ```

use crate::value::Value;
use pipec_logic::Language;

/// An event that triggers runs, as an output writes it.
#[derive(Clone, Debug)]
pub struct RunTrigger {
    /// The word of the output for the event, for findings.
    pub word: String,
    /// Its line in the output, from 1.
    pub line: usize,
    /// The event, with its filters.
    pub event: RunEvent,
}

/// The events that an output can name, with their filters.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A push of a branch or of a tag.
    Push {
        /// The branches, if pushes of branches trigger runs.
        branches: Option<NameFilter>,
        /// The tags, if pushes of tags trigger runs.
        tags: Option<NameFilter>,
    },
    /// A change of a pull request.
    PullRequest {
        /// The branches that it would be merged into.
        bases: NameFilter,
        /// The changes that trigger a run, in order. A duplicate in the output is listed twice.
        changes: Vec<PullRequestChange>,
    },
    /// Schedules, each with five fields. An unreadable one is empty.
    Schedule(Vec<String>),
    /// A manual start by a person, with these inputs.
    Manual(Vec<ManualInput>),
    /// A merge queue that tests a merge.
    MergeQueue,
    /// An event that the language does not have.
    Other,
}

/// What happens to a pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PullRequestChange {
    /// It is opened.
    Opened,
    /// It is opened again.
    Reopened,
    /// It gets new commits.
    Updated,
    /// It is closed or merged.
    Closed,
    /// Something else, in the word of the output.
    Other(String),
}

/// Which names of branches or tags trigger a run.
#[derive(Clone, Debug)]
pub enum NameFilter {
    /// All names.
    All,
    /// The names that match one of the patterns.
    Patterns(Vec<NamePattern>),
    /// The model can't interpret the filter.
    Unknown,
}

/// A pattern of names.
#[derive(Clone, Debug)]
pub struct NamePattern {
    /// The names that it matches.
    pub surely: Language,
    /// More names that it may match, because the engine's documentation does not decide them.
    pub perhaps: Option<Language>,
}

/// An input of a manual run.
#[derive(Clone, Debug)]
pub struct ManualInput {
    /// Its name.
    pub name: String,
    /// Its line in the output, from 1.
    pub line: usize,
    /// Its type.
    pub form: ManualInputForm,
    /// The values that can be chosen, if it lists some.
    pub options: Option<Vec<String>>,
    /// Its value if the person gives none. It is unknown if it is no text.
    pub default: Option<Value>,
}

/// The type of an input of a manual run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManualInputForm {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of the listed options.
    Choice,
    /// A type that the language does not have.
    Other,
}
