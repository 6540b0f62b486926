//! Problems outside the sources.

use std::io;

/// A problem outside the sources: a path that can't be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path as shown to people.
    pub path: String,
    /// One line, lower case.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with a path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { path: path.into(), message: message.into(), help: None }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

pub(crate) fn special(shown: &str) -> Problem {
    Problem::new(shown, format!("`{shown}` is a pipe, a socket or a device, not a file"))
}

pub(crate) fn unreadable(shown: &str, error: &io::Error) -> Problem {
    Problem::new(shown, format!("can't read `{shown}`: {}", reason(error)))
}

/// The error message of the system, in one lower-case line without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or("").trim();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "the system gives no reason".to_owned(),
    }
}
