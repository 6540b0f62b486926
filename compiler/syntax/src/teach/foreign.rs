//! Words of other languages, and their counterparts in this one.

use crate::words::Block;

const ORDER: &str = "a stage waits for every stage above it; to wait for fewer, write `stage release after \
                     build { … }`; inside a stage, a node waits for the artefacts it uses";
const WHEN: &str = "conditions belong to stages: `stage release when branch is main { … }`";
const FAILURE: &str =
    "a failure always stops what comes after it; for a gate that only reports, add `advisory because \"…\"`";
const SCRIPT: &str = "a step is `run \"…\"`; several steps run in order; put several lines between `\"\"\"`";
const RUNNER: &str =
    "write `runs on NAME`, and declare `runner NAME { host linux-x64 }` at the top level of the file";
const TRIGGER: &str = "branches belong to the trigger: `on push to main, \"release/*\"`, `on tag \"v*\"`";
const VARIABLES: &str = "each variable has its own clause: `env NAME = value`";
const INPUTS: &str =
    "a task takes arguments, `= task(name: value)`; a script reads variables, `env NAME = value`";
const RIGHTS: &str =
    "permissions follow from the clauses of a body; to get another one, write `may write releases`";

/// The counterpart of a foreign word.
pub(super) fn entry(block: Block, word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().replace('_', "-").as_str() {
        "needs" | "need" | "depends" | "depends-on" | "dependson" | "dependencies" | "runafter"
        | "run-after" => ORDER,
        "if" | "unless" | "only" | "except" | "rules" | "condition" | "when" | "workflow-when" => WHEN,
        "jobs" | "tasks" => {
            "work belongs in stages: a test is a `gate`, a build is an `artefact`, anything else is a `job \
             NAME { … }`"
        }
        "stages" => {
            "stages have no separate list: write `stage NAME { … }` one after the other, in their order"
        }
        "pipelines" | "workflow" | "workflows" => "declare a pipeline with `pipeline NAME { … }`",
        "steps" | "step" | "script" | "scripts" | "before-script" | "after-script" | "sh" | "bash"
        | "shell" | "command" | "commands" | "cmd" | "exec" => SCRIPT,
        "branches" | "branch" | "branches-ignore" | "tags" | "trigger" | "triggers" | "pr" | "push"
        | "pull-request" | "schedule" | "cron" | "workflow-dispatch" | "manual" => TRIGGER,
        "paths" | "paths-ignore" | "changes" => {
            "give the paths a kind, `change docs \"docs/**\"`, and add `when changed docs` to a stage"
        }
        "runs-on" | "pool" | "vmimage" | "agent" | "node" | "executor" => RUNNER,
        "image" | "container" | "docker" => {
            "an image belongs to a runner: `runs on NAME`, and `runner NAME { image \"…\" }` at the top \
             level of the file"
        }
        "uses" | "action" | "plugins" => {
            "use a script, `run \"…\"`; if you need an action, use `engine github because \"…\" { action \
             \"owner/name@version\"() }`"
        }
        "with" | "params" | "parameters" | "inputs" | "arguments" | "args" => INPUTS,
        "continue-on-error" | "allow-failure" | "ignore-errors" | "ignore-failure" | "fail-fast"
        | "soft-fail" | "onerror" => FAILURE,
        "services" | "service" => "a service next to the scripts is `sidecar NAME { image \"…\" }`",
        "variables" | "vars" | "environment-variables" => VARIABLES,
        "permissions" | "permission" => RIGHTS,
        "concurrency" | "resource-group" => {
            "deploys to one environment queue automatically; with `lock newest` in the environment, only \
             the latest waits"
        }
        "artifacts" | "artefacts" | "outputs" | "output" => {
            "the result of a build is an artefact: `artefact app: binary { run \"…\" path \"target/app\" }`"
        }
        "environments" => {
            "declare `environment NAME { … }` at the top level of a file, and enter it with `deploy ARTEFACT to NAME`"
        }
        "resource" | "data" | "provider" | "terraform" | "module" if block == Block::File => {
            "a pipeline applies infrastructure but does not describe it: keep the description in its own \
             files and run the tool in a job or a deploy"
        }
        "variable" | "locals" | "local" if block == Block::File => {
            "a constant is `let NAME = value`; a value that differs between uses is a parameter: `pipeline \
             NAME(region: string) { … }`"
        }
        "parallel" | "group" | "sequence" => {
            "nodes of one stage run at the same time; stages with the same `after` run at the same time"
        }
        "wait" | "sleep" | "delay" => {
            "an environment restricts its deploys with `window`, `after` and `approval by ROLE`"
        }
        "working-directory" | "workdir" | "cwd" | "dir" | "directory" | "chdir" => {
            "set the directory of scripts with `in \"directory\"`"
        }
        "upload" | "upload-artifact" | "archive" | "store" | "publish" if block != Block::File => {
            "the result of a build is an artefact: `artefact app: binary { run \"…\" path \"dist/**\" }`; \
             a later body gets it with `uses app`"
        }
        "download" | "download-artifact" => "get an artefact of this pipeline with `uses NAME`",
        "protected" => "the pipeline names its protected branches: `protect main, \"release/*\"`",
        "os" | "arch" | "platform" if block == Block::Runner => {
            "system and processor are one word: `host linux-x64`, `linux-arm64`, `macos-arm64` or `windows-x64`"
        }
        "timeout-minutes" | "timeoutinminutes" => "say `timeout 20m`",
        "retries" | "retry-on" => {
            "a job or an artefact may have `retry 1 because \"…\"`; a gate is never retried until it is green"
        }
        "import" | "include" | "require" | "extends" | "load" => {
            "import a module with `use std.rust` or `use \"./shared.pipe\" as shared`"
        }
        "const" | "var" | "val" | "def" | "set" if block == Block::File => "a constant is `let NAME = value`",
        "function" | "fn" | "func" | "template" | "macro" => {
            "reusable work is a `task NAME(parameter: type) -> TYPE { … }`"
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
            "after a failure `report` and `keep \"…\" on failure` of the same body run, and the jobs of the \
             pipeline's `finally NAME on failed { … }`"
        }
        "secrets" => "each secret has its own clause: `secret NAME`",
        _ => return None,
    })
}

/// The help for a clause that people often write in the wrong block.
pub(super) fn misplaced_help(block: Block, word: &str) -> Option<&'static str> {
    Some(match (block, word) {
        (_, "when") if block != Block::Environment => {
            "conditions belong to stages, before the `{`: `stage release when branch is main { … }`"
        }
        (Block::Pipeline, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "write it in a stage: `stage NAME { … }`"
        }
        (Block::File, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "write it in a stage of a pipeline: `pipeline NAME { stage NAME { … } }`"
        }
        (Block::Pipeline | Block::Stage, "run") => {
            "scripts belong in a gate, an artefact, a deploy or a job: `job NAME { run \"…\" }`"
        }
        (Block::Pipeline | Block::Stage | Block::Body, "requires") => {
            "environments require evidence: `environment production { requires test }`"
        }
        (Block::Stage, "after") => {
            "write the order of a stage before its `{`: `stage release after build { … }`"
        }
        (Block::Pipeline | Block::Stage, "timeout") => {
            "a timeout belongs to a body; limit the total time with `budget`"
        }
        (Block::Pipeline | Block::Stage, "retry") => "only the body of a job or an artefact may have `retry`",
        (Block::Pipeline | Block::Stage, "secret") => {
            "a secret belongs to the body that reads it, or to an environment: `environment production { \
             secret NAME }`"
        }
        (Block::Stage | Block::Body, "approval") => {
            "an approval belongs to an environment: `environment production { approval by ROLE }`"
        }
        (Block::Stage | Block::Body, "on") => "triggers belong in the pipeline, before its stages",
        (Block::Stage | Block::Body | Block::Pipeline, "environment") => {
            "declare an environment at the top level of a file, and enter it with `deploy ARTEFACT to NAME`"
        }
        (Block::Body, "gate" | "artefact" | "artifact" | "deploy" | "job") => {
            "nodes can't be nested: write it directly in the stage"
        }
        (Block::Environment, "env") => {
            "a value of an environment is `value NAME = …`; its deploys have it as a variable"
        }
        (Block::Environment, "run") => {
            "the scripts of a deploy belong in the deploy; an ephemeral environment ends with `teardown run \"…\"`"
        }
        (Block::Stage, "stage") => "stages can't be nested: write it directly in the pipeline",
        (Block::Body, "step") => SCRIPT,
        (Block::File | Block::Pipeline, "name") => "the name goes after the keyword: `pipeline NAME { … }`",
        (Block::Body, "image") => {
            "an image belongs to a runner: `runs on NAME`, and `runner NAME { image \"…\" }` at the top \
             level of the file"
        }
        _ => return None,
    })
}
