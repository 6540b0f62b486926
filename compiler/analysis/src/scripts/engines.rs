//! The expressions, variables and files of engines, and their replacements in a pipeline.

use pipec_ir::variable_part;

/// Expressions of engines and where a pipeline gets the value. `{NAME}` and `{name}` mean the last word.
pub(super) const COUNTERPARTS: [(&str, &str); 24] = [
    ("github.sha", "`env COMMIT = commit.sha`, then `$COMMIT`"),
    ("github.event.pull_request.head.sha", "`env COMMIT = commit.sha`, then `$COMMIT`"),
    ("github.ref_name", "`env BRANCH = branch.name` (on a tag `tag.name`), then `$BRANCH`"),
    ("github.ref", "`env BRANCH = branch.name` (on a tag `tag.name`), then `$BRANCH`"),
    ("github.event.number", "`env NUMBER = pull-request.number`, then `$NUMBER`"),
    ("github.event.pull_request.number", "`env NUMBER = pull-request.number`, then `$NUMBER`"),
    ("github.run_number", "`env RUN = run.number`, then `$RUN`"),
    ("github.run_id", "`env RUN = run.number`, then `$RUN`; its page is `run.url`"),
    ("github.token", "declare the permission that the script needs (`may write …`), or a `secret`"),
    ("github.workspace", "a script starts in the checkout: `$PWD`"),
    ("github.event_name", "conditions belong to stages: `when event is …`"),
    ("runner.temp", "`$TMPDIR`, or `mktemp -d`"),
    ("runner.os", "`$(uname -s)`"),
    ("secrets.", "declare `secret {NAME}`, then `${NAME}`"),
    ("vars.", "`env {NAME} = …` with the value, or with a `let`; then `${NAME}`"),
    ("env.", "`env {NAME} = …`, then `${NAME}`"),
    ("inputs.", "`env {NAME} = input.{name}`, then `${NAME}`"),
    ("github.event.inputs.", "`env {NAME} = input.{name}`, then `${NAME}`"),
    ("matrix.", "`env {NAME} = matrix.{name}`, then `${NAME}`"),
    ("needs.", "an artefact's fields: `env NAME = ARTEFACT.digest`, then `$NAME`"),
    ("steps.", "store it in a shell variable of the same `run`, or in a file"),
    ("params.", "`env {NAME} = …` with a parameter, an input or a fact; then `${NAME}`"),
    ("tasks.", "an artefact's fields: `env NAME = ARTEFACT.digest`, then `$NAME`"),
    ("workspaces.", "a script starts in the checkout: `$PWD`; pass files on as an `artefact`"),
];

/// The replacement of an engine's expression.
pub(crate) fn counterpart(inner: &str) -> Option<String> {
    COUNTERPARTS.iter().find_map(|(expression, remedy)| {
        if !expression.ends_with('.') {
            return (inner == *expression).then(|| (*remedy).to_owned());
        }
        let member = inner.strip_prefix(expression)?;
        let plain = !member.is_empty()
            && member.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let name = if plain { member.to_ascii_lowercase().replace('_', "-") } else { "name".to_owned() };
        let variable = variable_part(&name);
        Some(remedy.replace("{NAME}", &variable).replace("{name}", &name))
    })
}

/// Variables that one engine sets, and their replacements in a pipeline.
pub(super) const VARIABLES: [(&str, &str); 34] = [
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
    ("GITHUB_ACTIONS", "remove it: a script does the same on every engine"),
    ("GITHUB_EVENT_NAME", "`when event is …` on a stage"),
    ("GITHUB_EVENT_PATH", "the facts: `commit.sha`, `branch.name`, `pull-request.number` …"),
    ("GITHUB_HEAD_REF", "`env NUMBER = pull-request.number`"),
    ("GITHUB_JOB", "another name"),
    ("GITHUB_REF", "`env BRANCH = branch.name` (on a tag `tag.name`)"),
    ("GITHUB_REF_NAME", "`env BRANCH = branch.name` (on a tag `tag.name`)"),
    ("GITHUB_RUN_ID", "`env RUN = run.number`; its page is `run.url`"),
    ("GITHUB_RUN_NUMBER", "`env RUN = run.number`"),
    ("GITHUB_SHA", "`env COMMIT = commit.sha`"),
    ("GITHUB_TOKEN", "`secret GITHUB_TOKEN`"),
    ("GITHUB_WORKSPACE", "a script starts in the checkout: `$PWD`"),
    ("GITLAB_USER_LOGIN", "remove it: a release does not depend on who started it"),
    ("RUNNER_OS", "`$(uname -s)`"),
    ("RUNNER_TEMP", "`mktemp -d`"),
];

/// Files through which GitHub's steps talk to its runner, with their replacements in a pipeline.
pub(super) const COMMAND_FILES: [(&str, &str); 5] = [
    ("GITHUB_ENV", "declare it: `env NAME = …`; to pass a result from one `run` to the next, use a file"),
    ("GITHUB_OUTPUT", "if other nodes need it, build an `artefact`: they use its fields"),
    ("GITHUB_PATH", "a `tool` is on the path of every `run`; for one script, set `PATH` in it"),
    ("GITHUB_STATE", "store it in a file"),
    ("GITHUB_STEP_SUMMARY", "write a file and show it on every engine: `report markdown \"summary.md\"`"),
];

/// GitHub's commands on standard output, and the file with the same effect.
pub(super) const OUTPUT_COMMANDS: [(&str, &str); 4] = [
    ("::set-output ", "GITHUB_OUTPUT"),
    ("::set-env ", "GITHUB_ENV"),
    ("::add-path::", "GITHUB_PATH"),
    ("::save-state ", "GITHUB_STATE"),
];

/// Whether only one engine sets the variable.
pub(super) fn is_engine_variable(name: &str) -> bool {
    ["GITHUB_", "RUNNER_", "CI_", "GITLAB_"].iter().any(|start| name.starts_with(start))
}
