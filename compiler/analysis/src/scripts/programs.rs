//! Knowledge about programs in pipelines: which ones check, which do work, and which remove things.

use super::invocation::Invocation;

/// How to accept that the thing to remove or stop is already gone. `None` if the command removes nothing.
pub(super) fn removes(invocation: &Invocation<'_>) -> Option<&'static str> {
    let second = invocation.word(1);
    let removing = |words: &[&str]| invocation.arguments().any(|argument| words.contains(&argument));
    match invocation.name {
        "rm" | "rmdir" | "unlink" => {
            Some("`rm -f` succeeds if there is nothing to remove, and fails if it cannot")
        }
        "kubectl" | "oc" if second == "delete" => {
            Some("`kubectl delete --ignore-not-found` succeeds if there is nothing to delete")
        }
        "helm" if matches!(second, "uninstall" | "delete") => {
            Some("`helm uninstall --ignore-not-found` succeeds if there is nothing to uninstall")
        }
        "docker" | "podman" if removing(&["rm", "rmi"]) => {
            Some("with `--force` it succeeds if there is nothing to remove, and fails if it cannot")
        }
        "docker" | "podman" | "docker-compose" if removing(&["stop", "kill", "down", "logout"]) => {
            Some("first test whether there is something to stop")
        }
        "umount" | "deactivate" => Some("first test whether there is something to undo"),
        _ => None,
    }
}

/// Whether a program checks something. Its failure is a verdict.
pub(super) fn is_check(invocation: &Invocation<'_>) -> bool {
    let second =
        invocation.operands(&["-C", "--prefix", "--manifest-path"]).first().map_or("", |(_, word)| *word);
    match invocation.name {
        "npm" | "yarn" | "pnpm" | "bun" => {
            let script = invocation.operands(&[]).get(1).map_or("", |(_, word)| *word);
            let name = if matches!(second, "run" | "run-script") { script } else { second };
            ["test", "lint", "check", "typecheck", "e2e"].iter().any(|check| name.starts_with(check))
        }
        "cargo" => {
            matches!(second, "test" | "clippy" | "check" | "nextest" | "build" | "deny" | "audit" | "fmt")
        }
        "go" => matches!(second, "test" | "vet" | "build"),
        "dotnet" | "swift" | "bazel" | "flutter" | "mix" => matches!(second, "test" | "build"),
        "make" => matches!(second, "test" | "check" | "lint" | "build"),
        "mvn" | "mvnw" | "gradle" | "gradlew" | "sbt" | "tox" | "nox" => {
            !invocation.has(&["--version", "-v"])
        }
        "python" | "python3" => {
            invocation.word(1) == "-m" && matches!(invocation.word(2), "pytest" | "unittest" | "mypy")
        }
        "pytest" | "jest" | "vitest" | "mocha" | "rspec" | "phpunit" | "ctest" | "eslint" | "tsc"
        | "ruff" | "mypy" | "flake8" | "pylint" | "rubocop" | "golangci-lint" | "shellcheck" | "hadolint"
        | "trivy" | "grype" | "semgrep" | "gitleaks" | "squawk" | "playwright" | "cypress" | "k6" => true,
        "terraform" => second == "validate",
        _ => false,
    }
}

/// Options before the subcommand that take a separate value.
const GLOBAL_OPTIONS: [&str; 14] = [
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "-C",
    "-c",
    "--git-dir",
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--project-directory",
    "--profile",
    "--env-file",
];

/// Whether a program does work that later commands rely on.
pub(super) fn is_work(invocation: &Invocation<'_>) -> bool {
    let operand = |place: usize| {
        invocation.operands(&GLOBAL_OPTIONS).get(place).map(|(_, word)| *word).unwrap_or_default()
    };
    is_check(invocation)
        || match invocation.name {
            "cd" | "pushd" | "cp" | "mv" | "tar" | "unzip" | "pip" | "pip3" | "apt-get" | "apk" | "npm"
            | "yarn" | "pnpm" | "make" | "cmake" | "helm" | "rsync" | "scp" | "cargo" | "go" | "dotnet" => {
                true
            }
            "docker" | "podman" => match operand(0) {
                "buildx" => matches!(operand(1), "build" | "bake"),
                "compose" => matches!(operand(1), "build" | "up" | "run" | "pull" | "push"),
                first => matches!(first, "build" | "push" | "pull" | "tag" | "login" | "run"),
            },
            "kubectl" => matches!(operand(0), "apply" | "rollout" | "wait" | "set" | "patch"),
            "terraform" => matches!(operand(0), "init" | "plan" | "apply" | "workspace"),
            "git" => matches!(operand(0), "clone" | "fetch" | "checkout" | "push" | "commit" | "pull"),
            _ => false,
        }
}
