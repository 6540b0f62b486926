//! What people bring from other languages, and how it is said here.

use crate::words::Block;

const ORDER: &str = "a stage waits for every stage above it; to wait for fewer say `after`: `stage release after build { … }`; inside a stage, whoever uses an artefact waits for it";
const WHEN: &str = "conditions stand on stages: `stage release when branch is main { … }`";
const FAILURE: &str =
    "a failure always stops what comes after it; a gate that only reports says `advisory because \"…\"`";
const SCRIPT: &str = "a step is `run \"…\"`; several run in order, and several lines stand between `\"\"\"`";
const RUNNER: &str =
    "say `runs on NAME`, and declare `runner NAME { host linux-x64 }` at the top of the file";
const TRIGGER: &str = "branches are part of the trigger: `on push to main, \"release/*\"`, `on tag \"v*\"`";
const VARIABLES: &str = "each variable has its own clause: `env NAME = value`";
const INPUTS: &str =
    "a task takes arguments, `= task(name: value)`; a script reads variables, `env NAME = value`";
const RIGHTS: &str = "rights follow from what a body says; for one more, say `may write releases`";

/// How to say what a foreign word says.
pub(super) fn entry(block: Block, word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().replace('_', "-").as_str() {
        "needs" | "need" | "depends" | "depends-on" | "dependson" | "dependencies" | "runafter"
        | "run-after" => ORDER,
        "if" | "unless" | "only" | "except" | "rules" | "condition" | "when" | "workflow-when" => WHEN,
        "jobs" | "tasks" => {
            "work stands in stages: tests are `gate`, builds are `artefact`, the rest is `job NAME { … }`"
        }
        "stages" => {
            "stages are not listed apart: write `stage NAME { … }` one below the other, in their order"
        }
        "pipelines" | "workflow" | "workflows" => "a pipeline is declared by `pipeline NAME { … }`",
        "steps" | "step" | "script" | "scripts" | "before-script" | "after-script" | "sh" | "bash"
        | "shell" | "command" | "commands" | "cmd" | "exec" => SCRIPT,
        "branches" | "branch" | "branches-ignore" | "tags" | "trigger" | "triggers" | "pr" | "push"
        | "pull-request" | "schedule" | "cron" | "workflow-dispatch" | "manual" => TRIGGER,
        "paths" | "paths-ignore" | "changes" => {
            "give the paths a kind, `change docs \"docs/**\"`, and say `when changed docs` on a stage"
        }
        "runs-on" | "pool" | "vmimage" | "agent" | "node" | "executor" => RUNNER,
        "image" | "container" | "docker" => {
            "an image belongs to a runner: `runs on NAME`, and `runner NAME { image \"…\" }` at the top of the file"
        }
        "uses" | "action" | "plugins" => {
            "say what to do as a script, `run \"…\"`; where only an engine's action will do, `engine github because \"…\" { action \"owner/name@version\"() }`"
        }
        "with" | "params" | "parameters" | "inputs" | "arguments" | "args" => INPUTS,
        "continue-on-error" | "allow-failure" | "ignore-errors" | "ignore-failure" | "fail-fast"
        | "soft-fail" | "onerror" => FAILURE,
        "services" | "service" => "a helper beside the scripts is `sidecar NAME { image \"…\" }`",
        "variables" | "vars" | "environment-variables" => VARIABLES,
        "permissions" | "permission" => RIGHTS,
        "concurrency" | "resource-group" => {
            "deploys to one environment queue by themselves; `lock newest` in the environment keeps only the latest waiting"
        }
        "artifacts" | "artefacts" | "outputs" | "output" => {
            "what a build leaves behind is an artefact: `artefact app: binary { run \"…\" path \"target/app\" }`"
        }
        "environments" => {
            "an environment is declared at the top of a file, `environment NAME { … }`, and entered by `deploy ARTEFACT to NAME`"
        }
        "resource" | "data" | "provider" | "terraform" | "module" if block == Block::File => {
            "a pipeline says how infrastructure is applied, not what it is: leave that to its own files and run the tool in a job or a deploy"
        }
        "variable" | "locals" | "local" if block == Block::File => {
            "a constant is `let NAME = value`; what differs from use to use is a parameter: `pipeline NAME(region: string) { … }`"
        }
        "parallel" | "group" | "sequence" => {
            "what stands in one stage runs side by side; stages run side by side where they say `after` the same ones"
        }
        "wait" | "sleep" | "delay" => {
            "an environment is entered in its `window`s, after its `after`, and with its `approval by ROLE`"
        }
        "working-directory" | "workdir" | "cwd" | "dir" | "directory" | "chdir" => {
            "where scripts run is said by `in \"directory\"`"
        }
        "upload" | "upload-artifact" | "archive" | "store" | "publish" if block != Block::File => {
            "what a build leaves behind is an artefact: `artefact app: binary { run \"…\" path \"dist/**\" }`; a later body takes it by `uses app`"
        }
        "download" | "download-artifact" => "an artefact of this pipeline is taken by `uses NAME`",
        "protected" => "protected branches are said by the pipeline: `protect main, \"release/*\"`",
        "os" | "arch" | "platform" if block == Block::Runner => {
            "system and processor are one word: `host linux-x64`, `linux-arm64`, `macos-arm64` or `windows-x64`"
        }
        "timeout-minutes" | "timeoutinminutes" => "say `timeout 20m`",
        "retries" | "retry-on" => {
            "a job or an artefact may say `retry 1 because \"…\"`; a gate is never tried again until it is green"
        }
        "import" | "include" | "require" | "extends" | "load" => {
            "take a module in by `use std.rust` or `use \"./shared.pipe\" as shared`"
        }
        "const" | "var" | "val" | "def" | "set" if block == Block::File => "a constant is `let NAME = value`",
        "function" | "fn" | "func" | "template" | "macro" => {
            "what is used several times is a `task NAME(parameter: type) -> TYPE { … }`"
        }
        "test" | "tests" | "check" | "checks" | "lint" if block == Block::Stage => {
            "tests and checks are gates: `gate unit: test { run \"…\" }`"
        }
        "build" | "builds" if block == Block::Stage => {
            "builds are artefacts: `artefact app: binary { run \"…\" path \"…\" }`"
        }
        "approve" | "approvers" | "reviewers" | "input" if block != Block::Inputs => {
            "an approval belongs to an environment: `approval by ROLE`"
        }
        "always" | "post" | "finally" => {
            "nothing runs after a failure, except `report` and `keep \"…\" on failure` of the same body"
        }
        "secrets" => "each secret has its own clause: `secret NAME`",
        _ => return None,
    })
}

/// What to do instead, for a clause people often write in a block where it does not stand.
pub(super) fn misplaced_help(block: Block, word: &str) -> Option<&'static str> {
    Some(match (block, word) {
        (_, "when") if block != Block::Environment => {
            "conditions stand on stages, before the `{`: `stage release when branch is main { … }`"
        }
        (Block::Pipeline, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "it stands in a stage: `stage NAME { … }`"
        }
        (Block::File, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "it stands in a stage of a pipeline: `pipeline NAME { stage NAME { … } }`"
        }
        (Block::Pipeline | Block::Stage, "run") => {
            "scripts stand in a gate, an artefact, a deploy or a job: `job NAME { run \"…\" }`"
        }
        (Block::Pipeline | Block::Stage | Block::Body, "requires") => {
            "environments require evidence: `environment production { requires test }`"
        }
        (Block::Stage, "after") => {
            "a stage says what it follows before its `{`: `stage release after build { … }`"
        }
        (Block::Pipeline | Block::Stage, "timeout") => {
            "a timeout belongs to a body; what may take how long in all is said by `budget`"
        }
        (Block::Pipeline | Block::Stage, "retry") => {
            "only a job or an artefact may be tried again, and says so in its body"
        }
        (Block::Pipeline | Block::Stage, "secret") => {
            "a secret belongs to the one body that reads it, or to an environment: `environment production { secret NAME }`"
        }
        (Block::Stage | Block::Body, "approval") => {
            "an approval belongs to an environment: `environment production { approval by ROLE }`"
        }
        (Block::Stage | Block::Body, "on") => "triggers stand in the pipeline, before its stages",
        (Block::Stage | Block::Body | Block::Pipeline, "environment") => {
            "an environment is declared at the top of a file, and entered by `deploy ARTEFACT to NAME`"
        }
        (Block::Body, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "nodes do not nest: write it beside the other in the stage"
        }
        (Block::Environment, "env") => {
            "a value of an environment is `value NAME = …`; its deploys find it as a variable"
        }
        (Block::Environment, "run") => {
            "what a deploy runs stands in the deploy; what ends an ephemeral environment is `teardown run \"…\"`"
        }
        (Block::Stage, "stage") => "stages do not nest: write it beside the other in the pipeline",
        (Block::Body, "step") => SCRIPT,
        (Block::File | Block::Pipeline, "name") => {
            "a name stands behind what it names: `pipeline NAME { … }`"
        }
        (Block::Body, "image") => {
            "an image belongs to a runner: `runs on NAME`, and `runner NAME { image \"…\" }` at the top of the file"
        }
        _ => return None,
    })
}
