//! Triggers, kinds of change, and the conditions of stages.
//!
//! For example, `stage release when branch is main and changed code` has the condition `All [Branch(main), Changed
//! [Kind(code)]]`.

use crate::{Input, Origin, Schedule};
use pipec_logic::Glob;
use std::fmt;

/// An event that starts a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A push to a branch.
    Push,
    /// A pull request opened or changed.
    PullRequest,
    /// A tag created or moved.
    Tag,
    /// A schedule.
    Schedule,
    /// A manual start by a person.
    Manual,
    /// The merge queue tests a change on its base.
    MergeQueue,
}

impl Event {
    /// All events.
    pub const ALL: [Event; 6] =
        [Event::Push, Event::PullRequest, Event::Tag, Event::Schedule, Event::Manual, Event::MergeQueue];

    /// Its keyword in the language.
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

    /// The event with a keyword.
    pub fn from_word(word: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.word() == word)
    }

    /// Whether the code of the event is reviewed before it runs. Other runs publish nothing, and get no secrets and no
    /// rights.
    pub fn is_trusted(self) -> bool {
        !matches!(self, Event::PullRequest | Event::MergeQueue)
    }

    /// Whether the event has a branch: the one whose own commit runs.
    pub fn has_branch(self) -> bool {
        matches!(self, Event::Push | Event::Schedule | Event::Manual)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An event that starts a pipeline, with its filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `on push to main, "release/*"`.
    Push(Vec<Glob>, Origin),
    /// `on pull-request to main`, with the target branches of the pull requests.
    PullRequest(Vec<Glob>, Origin),
    /// `on tag "v*"`.
    Tag(Vec<Glob>, Origin),
    /// `on schedule "0 3 * * 1-5"`.
    Schedule(Schedule, Origin),
    /// `on manual { … }`.
    Manual(Vec<Input>, Origin),
    /// `on merge-queue`.
    MergeQueue(Origin),
}

impl Trigger {
    /// The event of the trigger.
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

/// `change KIND GLOB, …`. A later rule takes precedence, and a path without a rule is `code`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRule {
    /// The kind.
    pub kind: String,
    /// The paths it claims.
    pub globs: Vec<Glob>,
    /// The reason for `none`.
    pub because: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// An operand of `changed`.
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

/// The condition of a stage. Only the facts of the event decide it.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Always.
    Always,
    /// Every part holds.
    All(Vec<Condition>),
    /// Some part holds.
    Any(Vec<Condition>),
    /// The part does not hold.
    Not(Box<Condition>),
    /// `event is push`.
    Event(Event),
    /// `branch is "release/*"`.
    Branch(Glob),
    /// `tag is "v*"`.
    Tag(Glob),
    /// `changed schema, "db/**"`.
    Changed(Vec<Change>),
    /// `input NAME is value`, with the value that the run sees.
    Input {
        /// The input.
        name: String,
        /// The value.
        value: String,
    },
    /// `fork`: a pull request from another repository or by a bot.
    Fork,
}

impl Condition {
    /// The atoms of the condition, in source order.
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

    /// Whether the condition depends on the changes.
    pub fn asks_for_changes(&self) -> bool {
        self.atoms().iter().any(|atom| matches!(atom, Condition::Changed(_)))
    }

    /// Whether the condition names the event `schedule`.
    pub fn names_schedule(&self) -> bool {
        self.atoms().iter().any(|atom| matches!(atom, Condition::Event(Event::Schedule)))
    }
}

impl fmt::Display for Condition {
    /// Writes the condition in the language, with as few parentheses as possible.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Always => f.write_str("always"),
            Condition::All(parts) => joined(f, parts, " and ", |part| matches!(part, Condition::Any(_))),
            Condition::Any(parts) => joined(f, parts, " or ", |_| false),
            Condition::Not(part) if matches!(**part, Condition::All(_) | Condition::Any(_)) => {
                write!(f, "not ({part})")
            }
            Condition::Not(part) => write!(f, "not {part}"),
            Condition::Event(event) => write!(f, "event is {event}"),
            Condition::Branch(glob) => write!(f, "branch is {}", Word(glob.text())),
            Condition::Tag(glob) => write!(f, "tag is {}", Word(glob.text())),
            Condition::Changed(changes) => {
                let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
                write!(f, "changed {}", changes.join(", "))
            }
            Condition::Input { name, value } => write!(f, "input {name} is {}", Word(value)),
            Condition::Fork => f.write_str("fork"),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Condition],
    between: &str,
    wants_parentheses: impl Fn(&Condition) -> bool,
) -> fmt::Result {
    for (place, part) in (0..).zip(parts) {
        if place > 0 {
            f.write_str(between)?;
        }
        if wants_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Trigger {
    /// Writes the trigger as it is written after `on`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |globs: &[Glob]| -> String {
            let words: Vec<String> = globs.iter().map(|glob| Word(glob.text()).to_string()).collect();
            words.join(", ")
        };
        match self {
            Trigger::Push(globs, _) => write!(f, "push to {}", words(globs)),
            Trigger::PullRequest(globs, _) => write!(f, "pull-request to {}", words(globs)),
            Trigger::Tag(globs, _) => write!(f, "tag {}", words(globs)),
            Trigger::Schedule(times, _) => write!(f, "schedule \"{times}\""),
            Trigger::Manual(..) => f.write_str("manual"),
            Trigger::MergeQueue(_) => f.write_str("merge-queue"),
        }
    }
}

/// A name as a source shows it. It is in quotes, unless it is a valid name of the language.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_name = self.0.starts_with(|first: char| first.is_ascii_lowercase())
            && self
                .0
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        if is_name { f.write_str(self.0) } else { write!(f, "\"{}\"", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Glob {
        Glob::parse(text).expect("a glob")
    }

    #[test]
    fn a_condition_is_shown_as_it_is_written() {
        let main = || Condition::Branch(glob("main"));
        let release = || Condition::Branch(glob("release/*"));
        let docs = || Condition::Changed(vec![Change::Kind("docs".into()), Change::Glob(glob("*.md"))]);
        let shown = |condition: Condition| condition.to_string();
        assert_eq!(
            shown(Condition::All(vec![
                Condition::Any(vec![main(), release()]),
                Condition::Not(Box::new(docs()))
            ])),
            "(branch is main or branch is \"release/*\") and not changed docs, \"*.md\""
        );
        assert_eq!(
            shown(Condition::Not(Box::new(Condition::Any(vec![main(), Condition::Fork])))),
            "not (branch is main or fork)"
        );
        assert_eq!(
            shown(Condition::Any(vec![
                Condition::All(vec![main(), Condition::Event(Event::Push)]),
                Condition::Fork
            ])),
            "branch is main and event is push or fork"
        );
        let input = Condition::Input { name: "size".into(), value: "Large".into() };
        assert_eq!(shown(input), "input size is \"Large\"");
        let trigger = Trigger::Push(vec![glob("main"), glob("release/*")], Origin::default());
        assert_eq!(trigger.to_string(), "push to main, \"release/*\"");
    }
}
