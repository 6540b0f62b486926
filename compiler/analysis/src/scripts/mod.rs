//! What can be said about a shell script before it runs.
//!
//! A script is delivered byte for byte and runs in bash with `set -euo pipefail` (in a shell without `pipefail`, with
//! `set -eu`). Each check has a file of its own and works on the tree that `parser.rs` builds. A script that isn't
//! understood to its end gets only what can be said of any text: a guess is worse than silence.

mod engine;
mod engines;
mod errexit;
mod failures;
mod invocation;
mod masked;
mod moving;
mod parser;
mod programs;
mod rebuild;
mod redirects;
mod shell;
mod syntax;
mod variables;
mod verdict;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use engines::counterpart;
use std::collections::BTreeSet;
use std::ops::Range;

use pipec_base::{Code, Severity, codes};

/// What a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptRole {
    /// Its exit status is evidence.
    Gate,
    /// It builds.
    Artefact,
    /// It brings artefacts into an environment: `run`, `shift`, `verify`, `rollback`, `teardown`.
    Deploy,
    /// Work that yields neither evidence nor artefact.
    Job,
    /// Any other place: the readiness of a sidecar, the body of a task that is never called.
    Other,
}

/// What surrounds a script.
#[derive(Clone, Copy, Debug)]
pub struct ScriptContext<'a> {
    /// What it is for.
    pub role: ScriptRole,
    /// The node it belongs to: `unit`; empty where there is none.
    pub name: &'a str,
    /// The variables that the program defines for it, `PIPE_*` and those of artefacts, secrets and sidecars included.
    pub defined: &'a BTreeSet<String>,
}

impl ScriptContext<'_> {
    /// What a lost failure means to a gate, behind the message; nothing elsewhere.
    fn consequence(&self) -> String {
        if self.role == ScriptRole::Gate && !self.name.is_empty() {
            format!(": gate `{}` cannot fail by it", self.name)
        } else {
            String::new()
        }
    }
}

/// Something wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of finding.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The exact text meant, in bytes of the script.
    pub range: Range<usize>,
    /// One line, lower case, user text in backticks.
    pub message: String,
    /// The remedy.
    pub help: String,
    /// What to write instead of the text meant, where the remedy is mechanical.
    pub replacement: Option<String>,
}

impl Finding {
    fn error(code: Code, range: Range<usize>, message: String, help: impl Into<String>) -> Finding {
        Finding { code, severity: Severity::Error, range, message, help: help.into(), replacement: None }
    }

    fn warning(code: Code, range: Range<usize>, message: String, help: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(code, range, message, help) }
    }

    fn replaced_by(mut self, text: impl Into<String>) -> Finding {
        self.replacement = Some(text.into());
        self
    }
}

/// Checks one script; the findings are in the order of its text.
pub fn check(script: &str, context: &ScriptContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if is_empty(script) {
        let end = script.trim_end().len();
        let range = script.len() - script.trim_start().len()..end;
        let range = if range.start < range.end { range } else { 0..script.len() };
        return vec![Finding::error(
            codes::P0907,
            range,
            "this script does nothing".to_owned(),
            "write the command to run, or take the clause away",
        )];
    }
    let foreign = shell::foreign_interpreter(script);
    let tree = if foreign.is_some() { None } else { parser::parse(script).ok() };
    findings.extend(foreign);
    engine::expressions(script, tree.as_ref(), context, &mut findings);
    if let Some(tree) = &tree {
        let names = variables::Names::of(script, tree);
        engine::variables(script, tree, &names, context, &mut findings);
        failures::check(script, tree, &names, context, &mut findings);
        masked::check(script, tree, &mut findings);
        errexit::check(script, tree, context, &mut findings);
        verdict::check(script, tree, context, &mut findings);
        shell::check(script, tree, &mut findings);
        variables::check(script, tree, &names, context, &mut findings);
        if context.role == ScriptRole::Deploy {
            rebuild::check(script, tree, &mut findings);
            moving::check(script, tree, &mut findings);
        }
    }
    findings.sort_by_key(|finding| (finding.range.start, finding.range.end, finding.code));
    findings
}

/// Nothing but white space and comments.
fn is_empty(script: &str) -> bool {
    script.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#')
    })
}

/// A text for a message: its first line, shortened.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 48;
    let line = text.lines().next().unwrap_or_default().trim_end().trim_end_matches('\\').trim_end();
    let mut excerpt: String = line.chars().take(LONGEST).collect();
    if excerpt.len() < text.trim_end().len() {
        excerpt.push('…');
    }
    // A backtick would end the quotation.
    excerpt.replace('`', "'")
}
