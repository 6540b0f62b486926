//! P0905 and P0906: expressions and variables of one engine.
//!
//! Sources: GitHub's contexts and default variables, GitLab's predefined variables, Tekton's variable substitutions,
//! each as documented by its maker.

use std::collections::BTreeSet;

use pipec_base::codes;

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
        let message = format!("`{}` is an expression of {engine}: no shell expands it", excerpt(text));
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

/// What stands behind `start` on its line, as far as an expression may reach.
fn window(script: &str, start: usize) -> &str {
    const LONGEST: usize = 512;
    let end = script.len().min(start + LONGEST);
    let end = (start..=end).rev().find(|end| script.is_char_boundary(*end)).unwrap_or(start);
    script.get(start..end).unwrap_or_default().split('\n').next().unwrap_or_default()
}

/// Whether one of `ranges`, which are in order and apart, holds `range`.
fn contains(ranges: &[Bytes], range: &Bytes) -> bool {
    let after = ranges.partition_point(|outer| outer.start <= range.start);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|outer| range.end <= outer.end)
}

/// The length of the expression, the engine, and what stands inside.
type Found<'a> = (usize, &'static str, &'a str);

/// `${{ … }}`
fn github(line: &str) -> Option<Found<'_>> {
    let inner = line.strip_prefix("${{")?;
    Some(match inner.split_once("}}") {
        Some((inner, _)) => (inner.len() + 5, "GitHub", inner.trim()),
        None => (3, "GitHub", ""),
    })
}

/// `$[[ inputs.x ]]`
fn gitlab(line: &str) -> Option<Found<'_>> {
    let (inner, _) = line.strip_prefix("$[[")?.split_once("]]")?;
    let trimmed = inner.trim();
    let known = ["inputs.", "component.", "matrix."].iter().any(|root| trimmed.starts_with(root));
    known.then_some((inner.len() + 5, "GitLab", trimmed))
}

/// `$(params.x)`, `$(params["x"])`
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

/// Expressions and where their value comes from in a pipeline; `{NAME}` and `{name}` stand for the last word.
const COUNTERPARTS: [(&str, &str); 24] = [
    ("github.sha", "`env COMMIT = commit.sha`, then `$COMMIT`"),
    ("github.event.pull_request.head.sha", "`env COMMIT = commit.sha`, then `$COMMIT`"),
    ("github.ref_name", "`env BRANCH = branch.name` (on a tag `tag.name`), then `$BRANCH`"),
    ("github.ref", "`env BRANCH = branch.name` (on a tag `tag.name`), then `$BRANCH`"),
    ("github.event.number", "`env NUMBER = pull-request.number`, then `$NUMBER`"),
    ("github.event.pull_request.number", "`env NUMBER = pull-request.number`, then `$NUMBER`"),
    ("github.run_number", "`env RUN = run.number`, then `$RUN`"),
    ("github.run_id", "`env RUN = run.number`, then `$RUN`; its page is `run.url`"),
    ("github.token", "declare the right the script needs (`may write …`), or a `secret`"),
    ("github.workspace", "a script starts in the checkout: `$PWD`"),
    ("github.event_name", "conditions stand on stages: `when event is …`"),
    ("runner.temp", "`$TMPDIR`, or `mktemp -d`"),
    ("runner.os", "`$(uname -s)`"),
    ("secrets.", "declare `secret {NAME}`, then `${NAME}`"),
    ("vars.", "`env {NAME} = …` with the value, or with a `let`; then `${NAME}`"),
    ("env.", "`env {NAME} = …`, then `${NAME}`"),
    ("inputs.", "`env {NAME} = input.{name}`, then `${NAME}`"),
    ("github.event.inputs.", "`env {NAME} = input.{name}`, then `${NAME}`"),
    ("matrix.", "`env {NAME} = matrix.{name}`, then `${NAME}`"),
    ("needs.", "an artefact's fields: `env NAME = ARTEFACT.digest`, then `$NAME`"),
    ("steps.", "keep it in a shell variable of the same `run`, or in a file"),
    ("params.", "`env {NAME} = …` with a parameter, an input or a fact; then `${NAME}`"),
    ("tasks.", "an artefact's fields: `env NAME = ARTEFACT.digest`, then `$NAME`"),
    ("workspaces.", "a script starts in the checkout: `$PWD`; files go on as an `artefact`"),
];

/// What takes the place of an engine's expression.
pub(crate) fn counterpart(inner: &str) -> Option<String> {
    COUNTERPARTS.iter().find_map(|(expression, remedy)| {
        if !expression.ends_with('.') {
            return (inner == *expression).then(|| (*remedy).to_owned());
        }
        let member = inner.strip_prefix(expression)?;
        let plain = !member.is_empty()
            && member.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let name = if plain { member.to_ascii_lowercase().replace('_', "-") } else { "name".to_owned() };
        let variable = name.to_ascii_uppercase().replace('-', "_");
        Some(remedy.replace("{NAME}", &variable).replace("{name}", &name))
    })
}

/// Variables that one engine sets, and what stands for them in a pipeline.
const VARIABLES: [(&str, &str); 34] = [
    ("CI_COMMIT_BRANCH", "`env BRANCH = branch.name`"),
    ("CI_COMMIT_REF_NAME", "`env BRANCH = branch.name` (on a tag `tag.name`)"),
    ("CI_COMMIT_SHA", "`env COMMIT = commit.sha`"),
    ("CI_COMMIT_SHORT_SHA", "`env COMMIT = commit.short`"),
    ("CI_COMMIT_TAG", "`env TAG = tag.name`"),
    ("CI_ENVIRONMENT_NAME", "`env ENVIRONMENT = \"…\"` in the deploy"),
    ("CI_ENVIRONMENT_URL", "`env URL = ENVIRONMENT.url`"),
    ("CI_JOB_TOKEN", "`registry … { user … password … }` or `secret NAME`"),
    ("CI_JOB_URL", "`env URL = run.url`"),
    ("CI_MERGE_REQUEST_IID", "`env NUMBER = pull-request.number`"),
    ("CI_NODE_INDEX", "`env SHARD = shard.index`"),
    ("CI_NODE_TOTAL", "`env SHARDS = shard.count`"),
    ("CI_PIPELINE_ID", "`env RUN = run.number`"),
    ("CI_PIPELINE_IID", "`env RUN = run.number`"),
    ("CI_PIPELINE_URL", "`env URL = run.url`"),
    ("CI_PROJECT_DIR", "a script starts in the checkout: `$PWD`"),
    ("CI_REGISTRY_IMAGE", "`name \"…\"` in the `image`; `$X_REF` where it is used"),
    ("CI_REGISTRY_PASSWORD", "`registry … { user … password … }`"),
    ("CI_REGISTRY_USER", "`registry … { user … password … }`"),
    ("GITHUB_ACTIONS", "nothing: a script does the same on every engine"),
    ("GITHUB_EVENT_NAME", "`when event is …` on a stage"),
    ("GITHUB_EVENT_PATH", "the facts: `commit.sha`, `branch.name`, `pull-request.number` …"),
    ("GITHUB_HEAD_REF", "`env NUMBER = pull-request.number`"),
    ("GITHUB_JOB", "a name of your own"),
    ("GITHUB_REF", "`env BRANCH = branch.name` (on a tag `tag.name`)"),
    ("GITHUB_REF_NAME", "`env BRANCH = branch.name` (on a tag `tag.name`)"),
    ("GITHUB_RUN_ID", "`env RUN = run.number`; its page is `run.url`"),
    ("GITHUB_RUN_NUMBER", "`env RUN = run.number`"),
    ("GITHUB_SHA", "`env COMMIT = commit.sha`"),
    ("GITHUB_TOKEN", "`secret GITHUB_TOKEN`"),
    ("GITHUB_WORKSPACE", "a script starts in the checkout: `$PWD`"),
    ("GITLAB_USER_LOGIN", "nothing: a release does not depend on who started it"),
    ("RUNNER_OS", "`$(uname -s)`"),
    ("RUNNER_TEMP", "`mktemp -d`"),
];

/// Files through which GitHub's steps talk to its runner, and what does that in a pipeline.
const COMMAND_FILES: [(&str, &str); 5] = [
    ("GITHUB_ENV", "declare it: `env NAME = …`; what one `run` computes, a file brings to the next"),
    ("GITHUB_OUTPUT", "what other nodes need is an `artefact`: they use its fields"),
    ("GITHUB_PATH", "a `tool` is on the path of every `run`; for one script, set `PATH` in it"),
    ("GITHUB_STATE", "keep it in a file"),
    ("GITHUB_STEP_SUMMARY", "write a file and show it everywhere: `report markdown \"summary.md\"`"),
];

/// GitHub's commands on standard output, and the file that does the same.
const OUTPUT_COMMANDS: [(&str, &str); 4] = [
    ("::set-output ", "GITHUB_OUTPUT"),
    ("::set-env ", "GITHUB_ENV"),
    ("::add-path::", "GITHUB_PATH"),
    ("::save-state ", "GITHUB_STATE"),
];

/// Whether only one engine sets it.
pub(super) fn is_engine_variable(name: &str) -> bool {
    ["GITHUB_", "RUNNER_", "CI_", "GITLAB_"].iter().any(|start| name.starts_with(start))
}

/// Reports variables and commands that tie a script to one engine: the first use of each.
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
        let message = format!("only {engine} sets `${name}`: this script is tied to it");
        let find = |table: &[(&str, &'static str)]| {
            table.iter().find(|(known, _)| *known == name).map(|(_, remedy)| *remedy)
        };
        let help = match (find(&COMMAND_FILES), find(&VARIABLES)) {
            (Some(remedy), _) => remedy.to_owned(),
            (None, Some(remedy)) => format!("what it stands for on every engine: {remedy}"),
            (None, None) => "take the value from a fact: `env NAME = …`, then `$NAME`".to_owned(),
        };
        findings.push(Finding::warning(codes::P0906, used.range.clone(), message, help));
    }
    // Most scripts have no colon, let alone two.
    for (command, file) in OUTPUT_COMMANDS.into_iter().filter(|_| script.contains(':')) {
        for (start, _) in script.match_indices(command) {
            let range = start..start + command.trim_end().len();
            if contains(&tree.comments, &range) {
                continue;
            }
            let remedy = COMMAND_FILES.iter().find(|(name, _)| *name == file).map(|(_, remedy)| *remedy);
            let text = command.trim_end();
            let message = format!("only GitHub understands `{text}`: this script is tied to it");
            findings.push(Finding::warning(codes::P0906, range, message, remedy.unwrap_or_default()));
        }
    }
}
