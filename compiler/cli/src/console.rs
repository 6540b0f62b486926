//! Standard output for data, and standard error for people.

use crate::arguments::ColourChoice;
use miette::{GraphicalReportHandler, GraphicalTheme, MietteDiagnostic};
use pipec_driver::Problem;
use pipec_report::{Colour, harmless};
use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// The result of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// No findings.
    Clean,
    /// Findings, or outputs that differ.
    Findings,
    /// Wrong usage, or a path that can't be read or written.
    Trouble,
    /// A fault of the compiler.
    Bug,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Trouble => 2,
            Outcome::Bug => 101,
        })
    }
}

/// The output of a command.
#[derive(Debug)]
pub struct Console {
    /// Whether standard output has colours.
    pub out_colour: Colour,
    /// Whether standard error has colours.
    pub colour: Colour,
    lost: Cell<bool>,
}

impl Console {
    /// A console with the requested colours.
    pub fn new(choice: ColourChoice) -> Console {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Console {
            out_colour: colour(choice, variable, io::stdout().is_terminal()),
            colour: colour(choice, variable, io::stderr().is_terminal()),
            lost: Cell::new(false),
        }
    }

    /// The number of columns for data. It is the value of `COLUMNS`, or that of the terminal, or 80.
    pub fn width(&self) -> usize {
        let said = std::env::var("COLUMNS").ok().and_then(|value| value.trim().parse().ok());
        let seen = || {
            let terminal = io::stdout().is_terminal();
            terminal.then(|| terminal_size::terminal_size_of(io::stdout())).flatten()
        };
        said.filter(|width| *width > 0)
            .or_else(|| seen().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(80)
    }

    /// Writes data. A closed pipe is no failure; a full disk is.
    pub fn data(&self, text: &str) {
        let mut stream = io::stdout().lock();
        if let Err(error) = stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
            && error.kind() != io::ErrorKind::BrokenPipe
            && !self.lost.replace(true)
        {
            self.problem(&Problem::new(
                "standard output",
                format!("can't write to standard output: {error}"),
            ));
        }
    }

    /// Writes text for people.
    pub fn say(&self, text: &str) {
        // If standard error fails, this can't be reported either.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Reports an unusable path or argument.
    pub fn problem(&self, problem: &Problem) {
        // Arguments and file names may contain control characters.
        let mut diagnostic = MietteDiagnostic::new(harmless(&problem.message));
        if let Some(help) = &problem.help {
            diagnostic = diagnostic.with_help(harmless(help));
        }
        let theme = match self.colour {
            Colour::Always => GraphicalTheme::unicode(),
            Colour::Never => GraphicalTheme::unicode_nocolor(),
        };
        let mut text = String::new();
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
        if handler.render_report(&mut text, &diagnostic).is_err() {
            text = format!("error: {}\n", harmless(&problem.message));
        }
        self.say(&text);
    }

    /// The result of a command. If data could not be written, that is the result.
    pub fn outcome(&self, outcome: Outcome) -> Outcome {
        if self.lost.get() { outcome.max(Outcome::Trouble) } else { outcome }
    }
}

/// Decides on colours. NO_COLOR takes precedence over CLICOLOR_FORCE (no-color.org: "when present and not an empty
/// string"), both over the terminal.
fn colour(choice: ColourChoice, variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> Colour {
    let set = |name: &str| variable(name).is_some_and(|value| value != "0");
    let coloured = match choice {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto if variable("NO_COLOR").is_some() => false,
        ColourChoice::Auto if set("CLICOLOR_FORCE") => true,
        ColourChoice::Auto => {
            let declined = variable("CLICOLOR").is_some_and(|value| value == "0")
                || variable("TERM").is_some_and(|value| value == "dumb");
            is_terminal && !declined
        }
    };
    if coloured { Colour::Always } else { Colour::Never }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
        let with = |choice, variables: &[(&str, &str)], terminal| {
            let find = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            };
            colour(choice, find, terminal) == Colour::Always
        };
        assert!(with(ColourChoice::Auto, &[], true));
        assert!(!with(ColourChoice::Auto, &[], false));
        assert!(!with(ColourChoice::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(with(ColourChoice::Auto, &[("CLICOLOR_FORCE", "1")], false));
        assert!(!with(ColourChoice::Auto, &[("CLICOLOR_FORCE", "0")], false));
        assert!(!with(ColourChoice::Auto, &[("CLICOLOR", "0")], true));
        assert!(!with(ColourChoice::Auto, &[("TERM", "dumb")], true));
        assert!(with(ColourChoice::Always, &[("NO_COLOR", "1")], false));
        assert!(!with(ColourChoice::Never, &[("CLICOLOR_FORCE", "1")], true));
    }

    #[test]
    fn problems_rank_above_findings_and_bugs_above_all() {
        assert!(Outcome::Clean < Outcome::Findings);
        assert!(Outcome::Findings < Outcome::Trouble);
        assert!(Outcome::Trouble < Outcome::Bug);
    }
}
