//! P0905 and P0906: expressions and variables of one engine.
//!
//! Sources: GitHub's contexts and default variables, GitLab's predefined variables, Tekton's variable substitutions,
//! each as documented by its maker.

use std::collections::BTreeSet;

use pipec_base::codes;

use super::engines::{COMMAND_FILES, OUTPUT_COMMANDS, VARIABLES, counterpart, is_engine_variable};
use super::syntax::{Bytes, Script};
use super::variables::Names;
use super::{Finding, ScriptContext, excerpt};

/// Reports expressions that an engine, not the shell, would expand.
pub(super) fn expressions(
    script: &str,
    tree: Option<&Script>,
    context: &ScriptContext<'_>,
    findings: &mut Vec<Finding>,
) {
    for (start, _) in script.match_indices('$') {
        if !matches!(script.as_bytes().get(start + 1), Some(b'{' | b'[' | b'(')) {
            continue;
        }
        let line = window(script, start);
        let found = github(line).or_else(|| gitlab(line)).or_else(|| tekton(line));
        let Some((length, engine, inner)) = found else { continue };
        let range = start..start + length;
        if tree.is_some_and(|tree| contains(&tree.comments, &range)) {
            continue;
        }
        let text = script.get(range.clone()).unwrap_or_default();
        let message =
            format!("`{}` is an expression of {engine}, and the shell does not expand it", excerpt(text));
        let remedy = counterpart(inner);
        let help = match &remedy {
            Some(remedy) => format!("values reach a script through variables: {remedy}"),
            None => "values reach a script through variables: `env NAME = …`, then `$NAME`".to_owned(),
        };
        let finding = Finding::error(codes::P0905, range.clone(), message, help);
        let variable = inner.strip_prefix("env.").filter(|name| context.defined.contains(*name));
        let expands = tree.is_some_and(|tree| !contains(&tree.verbatim, &range));
        findings.push(match variable {
            Some(name) if expands => finding.replaced_by(format!("${{{name}}}")),
            _ => finding,
        });
    }
}

/// The text after `start` on its line, as far as an expression may extend.
fn window(script: &str, start: usize) -> &str {
    const LONGEST: usize = 512;
    let end = script.len().min(start + LONGEST);
    let end = (start..=end).rev().find(|end| script.is_char_boundary(*end)).unwrap_or(start);
    script.get(start..end).unwrap_or_default().split('\n').next().unwrap_or_default()
}

/// Whether one of `ranges` contains `range`. They are sorted and disjoint.
fn contains(ranges: &[Bytes], range: &Bytes) -> bool {
    let after = ranges.partition_point(|outer| outer.start <= range.start);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|outer| range.end <= outer.end)
}

/// The length of the expression, the engine, and the text inside.
type Found<'a> = (usize, &'static str, &'a str);

/// Finds `${{ … }}`.
fn github(line: &str) -> Option<Found<'_>> {
    let inner = line.strip_prefix("${{")?;
    Some(match inner.split_once("}}") {
        Some((inner, _)) => (inner.len() + 5, "GitHub", inner.trim()),
        None => (3, "GitHub", ""),
    })
}

/// Finds `$[[ inputs.x ]]`.
fn gitlab(line: &str) -> Option<Found<'_>> {
    let (inner, _) = line.strip_prefix("$[[")?.split_once("]]")?;
    let trimmed = inner.trim();
    let known = ["inputs.", "component.", "matrix."].iter().any(|root| trimmed.starts_with(root));
    known.then_some((inner.len() + 5, "GitLab", trimmed))
}

/// Finds `$(params.x)` and `$(params["x"])`.
fn tekton(line: &str) -> Option<Found<'_>> {
    const ROOTS: [&str; 9] =
        ["params", "tasks", "workspaces", "context", "results", "steps", "step", "finally", "tt"];
    let rest = line.strip_prefix("$(")?;
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-[]\"'*".contains(c)))?;
    let (inner, after) = (rest.get(..length)?, rest.get(length..)?);
    let root = inner.split(['.', '[']).next().unwrap_or_default();
    let member = inner.get(root.len()..).unwrap_or_default();
    let file = member.matches('.').count() == 1 && (member.ends_with(".sh") || member.ends_with(".py"));
    let known = ROOTS.contains(&root) && member.len() > 1 && !file && after.starts_with(')');
    known.then_some((inner.len() + 3, "Tekton", inner))
}

/// Reports the first use of each engine-specific variable or command. They tie a script to one engine.
pub(super) fn variables(
    script: &str,
    tree: &Script,
    names: &Names<'_>,
    context: &ScriptContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut seen = BTreeSet::new();
    for used in &tree.uses {
        let name = script.get(used.name.clone()).unwrap_or_default();
        let own = context.defined.contains(name) || names.set.contains(name);
        if own || !is_engine_variable(name) || !seen.insert(name) {
            continue;
        }
        let engine = if name.starts_with("CI_") || name.starts_with("GITLAB_") { "GitLab" } else { "GitHub" };
        let message = format!("only {engine} defines `${name}`, so this script works only there");
        let find = |table: &[(&str, &'static str)]| {
            table.iter().find(|(known, _)| *known == name).map(|(_, remedy)| *remedy)
        };
        let help = match (find(&COMMAND_FILES), find(&VARIABLES)) {
            (Some(remedy), _) => remedy.to_owned(),
            (None, Some(remedy)) => format!("on every engine, use: {remedy}"),
            (None, None) => "use a fact: `env NAME = …`, then `$NAME`".to_owned(),
        };
        findings.push(Finding::warning(codes::P0906, used.range.clone(), message, help));
    }
    // Most scripts have no colon, so this skips most searches.
    for (command, file) in OUTPUT_COMMANDS.into_iter().filter(|_| script.contains(':')) {
        for (start, _) in script.match_indices(command) {
            let range = start..start + command.trim_end().len();
            if contains(&tree.comments, &range) {
                continue;
            }
            let remedy = COMMAND_FILES.iter().find(|(name, _)| *name == file).map(|(_, remedy)| *remedy);
            let text = command.trim_end();
            let message = format!("only GitHub understands `{text}`, so this script works only there");
            findings.push(Finding::warning(codes::P0906, range, message, remedy.unwrap_or_default()));
        }
    }
}
