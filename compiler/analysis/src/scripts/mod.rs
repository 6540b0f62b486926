//! Static checks of shell scripts.
//!
//! A script reaches the engine byte for byte and runs in bash with `set -euo pipefail`, or with `set -eu` in a shell
//! without `pipefail`. Each check has its own file and works on the tree that `parser.rs` builds. A script that can't
//! be parsed completely is only checked as plain text, because a guess is worse than silence.
//!
//! For example, in a gate with the script `npm test || true`, the check in `failures.rs` reports `|| true` with P0901,
//! and its replacement is empty.

mod arguments;
mod engine;
mod engines;
mod errexit;
mod failures;
mod invocation;
mod masked;
mod moving;
pub(crate) mod packages;
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

pub(crate) use arguments::acts_on_arguments_alone;
pub(crate) use engines::counterpart;
use std::collections::BTreeSet;
use std::ops::Range;

use pipec_base::{Code, Severity, codes};

/// The purpose of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptRole {
    /// Its exit status is evidence.
    Gate,
    /// Builds an artefact.
    Artefact,
    /// Brings artefacts into an environment: `run`, `shift`, `verify`, `rollback`, `teardown`.
    Deploy,
    /// Work that yields neither evidence nor artefact.
    Job,
    /// Any other place: the readiness of a sidecar, the body of an uncalled task.
    Other,
}

/// The context of a script.
#[derive(Clone, Copy, Debug)]
pub struct ScriptContext<'a> {
    /// The purpose of the script.
    pub role: ScriptRole,
    /// The name of its node, such as `unit`. Empty if the script belongs to no node.
    pub name: &'a str,
    /// The variables that the program defines for the script. They include `PIPE_*` and those of artefacts, secrets and
    /// sidecars.
    pub defined: &'a BTreeSet<String>,
}

impl ScriptContext<'_> {
    /// The consequence of a lost failure for a gate, to append to a message. Empty elsewhere.
    fn consequence(&self) -> String {
        if self.role == ScriptRole::Gate && !self.name.is_empty() {
            format!(": gate `{}` cannot fail by it", self.name)
        } else {
            String::new()
        }
    }
}

/// A fault in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of finding.
    pub code: Code,
    /// The severity of the finding.
    pub severity: Severity,
    /// The range of the faulty text, in bytes of the script.
    pub range: Range<usize>,
    /// One line, lower case, user text in backticks.
    pub message: String,
    /// The remedy.
    pub help: String,
    /// The replacement of the faulty text, if the remedy is mechanical.
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

/// Checks one script. The findings are in the order of its text.
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

/// Whether a script contains only white space and comments.
fn is_empty(script: &str) -> bool {
    script.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#')
    })
}

/// The first line of a text, shortened for a message.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 48;
    let line = text.lines().next().unwrap_or_default().trim_end().trim_end_matches('\\').trim_end();
    let mut excerpt: String = line.chars().take(LONGEST).collect();
    if excerpt.len() < text.trim_end().len() {
        excerpt.push('…');
    }
    // A backtick would end the quotation in the message.
    excerpt.replace('`', "'")
}
