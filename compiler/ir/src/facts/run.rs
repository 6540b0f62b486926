//! A run, described in words.
//!
//! ```text
//! Run { event: Push, branch: "main", changed: Paths ["docs/x"], … }    push of branch `main`, changing `docs/x`
//! Run { event: Manual, inputs: { size: "small" }, … }                  manual run of branch `main`, input `size` being `small`
//! ```

use crate::Event;
use std::collections::BTreeMap;
use std::fmt;

/// A run, for the beginning of a counterexample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The event that started it.
    pub event: Event,
    /// Whether it is for a pull request of a fork or a bot.
    pub fork: bool,
    /// The branch, if the event has one.
    pub branch: Option<String>,
    /// The tag, if the event has one.
    pub tag: Option<String>,
    /// The inputs that conditions depend on, with their values.
    pub inputs: BTreeMap<String, String>,
    /// The paths that it changes.
    pub changed: Changed,
}

/// The changes of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The changes make no difference.
    Irrelevant,
    /// The changes are unknown, for example in a first run or after a forced push.
    Unknown,
    /// One path for each region with a change.
    Paths(Vec<String>),
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let branch = self.branch.as_deref().unwrap_or("main");
        match self.event {
            Event::Push => write!(f, "push of branch `{branch}`")?,
            Event::Tag => write!(f, "tag `{}`", self.tag.as_deref().unwrap_or("v1"))?,
            Event::Schedule => write!(f, "scheduled run of branch `{branch}`")?,
            Event::Manual => write!(f, "manual run of branch `{branch}`")?,
            Event::PullRequest if self.fork => write!(f, "pull request from a fork")?,
            Event::PullRequest => write!(f, "pull request")?,
            Event::MergeQueue => write!(f, "merge queue")?,
        }
        for (name, value) in &self.inputs {
            write!(f, ", input `{name}` being `{value}`")?;
        }
        match &self.changed {
            Changed::Irrelevant => Ok(()),
            Changed::Unknown if matches!(self.event, Event::Tag | Event::Schedule | Event::Manual) => Ok(()),
            Changed::Unknown => write!(f, ", with unknown changes"),
            Changed::Paths(paths) if paths.is_empty() => write!(f, ", changing nothing"),
            Changed::Paths(paths) => {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                write!(f, ", changing {}", paths.join(", "))
            }
        }
    }
}
