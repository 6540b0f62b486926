//! A run told in people's words.

use crate::Event;
use std::collections::BTreeMap;
use std::fmt;

/// What happened: the beginning of every counterexample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What started it.
    pub event: Event,
    /// Whether it is of a fork's or a bot's pull request.
    pub fork: bool,
    /// The branch, where the event has one.
    pub branch: Option<String>,
    /// The tag, where the event has one.
    pub tag: Option<String>,
    /// The inputs that conditions ask for.
    pub inputs: BTreeMap<String, String>,
    /// What it changes.
    pub changed: Changed,
}

/// What a run changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It makes no difference.
    Irrelevant,
    /// It can't be told: a first run, a forced push.
    Unknown,
    /// A path of each region that changes.
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
            Changed::Unknown => write!(f, ", with what changed unknown"),
            Changed::Paths(paths) if paths.is_empty() => write!(f, ", changing nothing"),
            Changed::Paths(paths) => {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                write!(f, ", changing {}", paths.join(", "))
            }
        }
    }
}
