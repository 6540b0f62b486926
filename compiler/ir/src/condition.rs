//! What starts a run, what counts as a change, and when a stage is in a run.

use crate::{Input, Origin};
use pipec_logic::Glob;
use std::fmt;

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A push to a branch.
    Push,
    /// A pull request opened or changed.
    PullRequest,
    /// A tag created or moved.
    Tag,
    /// The clock.
    Schedule,
    /// A person.
    Manual,
    /// The merge queue tries a change on its base.
    MergeQueue,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 6] =
        [Event::Push, Event::PullRequest, Event::Tag, Event::Schedule, Event::Manual, Event::MergeQueue];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Event::Push => "push",
            Event::PullRequest => "pull-request",
            Event::Tag => "tag",
            Event::Schedule => "schedule",
            Event::Manual => "manual",
            Event::MergeQueue => "merge-queue",
        }
    }

    /// The event of that word.
    pub fn from_word(word: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.word() == word)
    }

    /// Whether its code was reviewed before it ran: nothing is published, no secret and no right is granted otherwise.
    pub fn is_trusted(self) -> bool {
        !matches!(self, Event::PullRequest | Event::MergeQueue)
    }

    /// Whether `branch` holds on it: the branch whose own commit runs.
    pub fn has_branch(self) -> bool {
        matches!(self, Event::Push | Event::Schedule | Event::Manual)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A way into a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `on push to main, "release/*"`
    Push(Vec<Glob>, Origin),
    /// `on pull-request to main`: the branches it wants to go to.
    PullRequest(Vec<Glob>, Origin),
    /// `on tag "v*"`
    Tag(Vec<Glob>, Origin),
    /// `on schedule "0 3 * * 1-5"`: five fields, UTC.
    Schedule(String, Origin),
    /// `on manual { … }`
    Manual(Vec<Input>, Origin),
    /// `on merge-queue`
    MergeQueue(Origin),
}

impl Trigger {
    /// The event it lets in.
    pub fn event(&self) -> Event {
        match self {
            Trigger::Push(..) => Event::Push,
            Trigger::PullRequest(..) => Event::PullRequest,
            Trigger::Tag(..) => Event::Tag,
            Trigger::Schedule(..) => Event::Schedule,
            Trigger::Manual(..) => Event::Manual,
            Trigger::MergeQueue(_) => Event::MergeQueue,
        }
    }

    /// Where it was written.
    pub fn origin(&self) -> &Origin {
        match self {
            Trigger::Push(_, origin)
            | Trigger::PullRequest(_, origin)
            | Trigger::Tag(_, origin)
            | Trigger::Schedule(_, origin)
            | Trigger::Manual(_, origin)
            | Trigger::MergeQueue(origin) => origin,
        }
    }
}

/// `change KIND GLOB, …`: later rules win; what no rule claims is `code`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRule {
    /// The kind.
    pub kind: String,
    /// The paths it claims.
    pub globs: Vec<Glob>,
    /// Why, for `none`.
    pub because: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// What `changed` asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A kind of change.
    Kind(String),
    /// Paths.
    Glob(Glob),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Kind(kind) => f.write_str(kind),
            Change::Glob(glob) => write!(f, "\"{}\"", glob.text()),
        }
    }
}

/// When a stage is in a run: decided from the facts of the event alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Always.
    Always,
    /// Every part holds.
    All(Vec<Condition>),
    /// Some part holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// `event is push`
    Event(Event),
    /// `branch is "release/*"`
    Branch(Glob),
    /// `tag is "v*"`
    Tag(Glob),
    /// `changed schema, "db/**"`
    Changed(Vec<Change>),
    /// `input NAME is value`: the value as the run sees it.
    Input {
        /// The input.
        name: String,
        /// The value.
        value: String,
    },
    /// `fork`: a pull request from another repository, or of a bot.
    Fork,
}

impl Condition {
    /// Every atom of it, in source order.
    pub fn atoms(&self) -> Vec<&Condition> {
        match self {
            Condition::Always => Vec::new(),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().flat_map(Condition::atoms).collect()
            }
            Condition::Not(part) => part.atoms(),
            atom => vec![atom],
        }
    }

    /// Whether it names the event `schedule`.
    pub fn names_schedule(&self) -> bool {
        self.atoms().iter().any(|atom| matches!(atom, Condition::Event(Event::Schedule)))
    }
}
