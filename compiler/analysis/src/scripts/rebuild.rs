//! P0903: deploys that build. They ship something that no gate has checked.

use pipec_base::codes;

use super::invocation::Invocation;
use super::syntax::Script;
use super::{Finding, excerpt};

pub(super) fn check(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    tree.for_each_simple(&mut |simple| {
        let Some(invocation) = Invocation::of(simple) else { return };
        let Some(index) = building_word(script, &invocation) else { return };
        let range = invocation.range_to(index);
        let what = excerpt(script.get(range.clone()).unwrap_or_default());
        findings.push(Finding::error(
            codes::P0903,
            range,
            format!("a deploy can't build: no gate has seen the result of `{what}`"),
            "build it once, as an `artefact`, and name it in the deploy: `deploy NAME to …` gets what the \
             gates passed, by digest",
        ));
    });
}

/// Programs whose first operand shows a build. Each has its options with values, and the operands that build.
const BUILDS: [(&str, &[&str], &[&str]); 41] = [
    ("podman", &[], &["build"]),
    ("buildah", &[], &["build", "bud"]),
    ("nerdctl", &[], &["build"]),
    ("cargo", &["--manifest-path", "-C", "--config"], &["build", "b", "zigbuild", "publish"]),
    ("cross", &[], &["build"]),
    ("trunk", &[], &["build"]),
    ("wasm-pack", &[], &["build"]),
    ("npm", &["--prefix", "-w", "--workspace"], &["pack"]),
    ("yarn", &["--cwd"], &["build", "pack"]),
    ("pnpm", &["-C", "--dir", "-F", "--filter"], &["build", "pack"]),
    ("bun", &[], &["build"]),
    ("vite", &[], &["build"]),
    ("next", &[], &["build"]),
    ("nuxt", &[], &["build", "generate"]),
    ("astro", &[], &["build"]),
    ("ng", &[], &["build"]),
    ("nx", &[], &["build"]),
    ("turbo", &[], &["build"]),
    ("sbt", &[], &["package", "assembly", "stage", "dist"]),
    ("go", &["-C"], &["build"]),
    ("sam", &[], &["build"]),
    ("serverless", &[], &["package"]),
    ("dotnet", &[], &["build", "publish", "pack", "msbuild"]),
    ("poetry", &["-C", "--directory"], &["build"]),
    ("uv", &["--directory", "--project"], &["build"]),
    ("hatch", &[], &["build"]),
    ("flit", &[], &["build"]),
    ("pdm", &[], &["build"]),
    ("helm", &[], &["package"]),
    ("pack", &[], &["build"]),
    ("ko", &[], &["build", "publish"]),
    ("skaffold", &[], &["build", "run", "dev"]),
    ("bazel", &[], &["build"]),
    ("bazelisk", &[], &["build"]),
    ("swift", &[], &["build"]),
    ("flutter", &[], &["build"]),
    ("mkdocs", &["-f", "--config-file"], &["build"]),
    ("jekyll", &[], &["build"]),
    ("gem", &["-C"], &["build"]),
    ("goreleaser", &[], &["build", "release"]),
    ("mix", &[], &["release", "compile"]),
];

/// The index of the word up to which the invocation shows a build.
fn building_word(script: &str, invocation: &Invocation<'_>) -> Option<usize> {
    let name = invocation.name;
    match name {
        "docker" => return docker(invocation),
        "docker-compose" => {
            let operands = invocation.operands(&COMPOSE);
            return compose(invocation, operands.first().copied()?);
        }
        "mvn" | "mvnw" => {
            let goals = ["compile", "package", "install", "verify", "deploy"];
            let operands = invocation.operands(&["-f", "--file", "-pl", "-P", "-s", "--settings"]);
            return operands.iter().find(|(_, goal)| goals.contains(goal)).map(|(index, _)| *index);
        }
        "gradle" | "gradlew" => {
            let operands = invocation.operands(&["-p", "--project-dir", "-b", "-c", "-I"]);
            return operands.iter().find(|(_, task)| builds_in_gradle(task)).map(|(index, _)| *index);
        }
        "make" | "gmake" => return make(invocation),
        "vercel" => return vercel(invocation),
        "ninja" | "executor" if name == "ninja" || invocation.word(0).contains("kaniko") => return Some(0),
        "cmake" => return position(invocation, "--build"),
        "xcodebuild" => return position(invocation, "archive").or_else(|| position(invocation, "build")),
        "gcloud" => return pair(invocation, &["builds"], &["submit"]),
        "az" => return pair(invocation, &["acr"], &["build"]),
        "python" | "python3" => {
            if invocation.word(1) == "-m" && invocation.word(2) == "build" {
                return Some(2);
            }
            let made = matches!(invocation.word(2), "sdist" | "bdist" | "bdist_wheel" | "build");
            return (invocation.word(1) == "setup.py" && made).then_some(2);
        }
        _ => {}
    }
    let operands = |valued| invocation.operands(valued);
    if name == "cargo" {
        let operands = operands(&["--manifest-path", "-C", "--config"]);
        if operands.first().is_some_and(|(_, word)| *word == "install") {
            return position(invocation, "--path");
        }
    }
    if name == "go" {
        let operands = operands(&["-C", "-ldflags", "-tags"]);
        if let [(index, "install"), targets @ ..] = operands.as_slice() {
            // `go install tool@version` fetches a tool and builds nothing of this repository, even if the version is a
            // variable. So the written text counts, not its known value.
            let is_versioned = |index: &usize| {
                let written = invocation.words.get(*index).and_then(|word| script.get(word.range.clone()));
                written.is_some_and(|written| written.contains('@'))
            };
            return (!targets.iter().any(|(index, _)| is_versioned(index))).then_some(*index);
        }
    }
    let (_, valued, subcommands) = BUILDS.iter().find(|(program, ..)| *program == name)?;
    let operands = invocation.operands(valued);
    let toolchain = name == "cargo" && operands.first().is_some_and(|(_, word)| word.starts_with('+'));
    let (index, first) = *operands.get(usize::from(toolchain))?;
    if subcommands.contains(&first) {
        return Some(index);
    }
    let scripts = matches!(name, "npm" | "yarn" | "pnpm" | "bun" | "turbo" | "nx");
    if scripts && matches!(first, "run" | "run-script" | "workspace" | "affected" | "run-many") {
        return operands.iter().skip(1).find(|(_, script)| is_build_name(script)).map(|(index, _)| *index);
    }
    None
}

const COMPOSE: [&str; 8] =
    ["-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--project-directory", "--parallel"];

fn docker(invocation: &Invocation<'_>) -> Option<usize> {
    let operands = invocation.operands(&["-c", "--context", "-H", "--host", "--config", "-l", "--log-level"]);
    let (index, first) = *operands.first()?;
    match first {
        "build" => Some(index),
        "buildx" | "image" | "builder" => {
            operands.get(1).filter(|(_, word)| matches!(*word, "build" | "bake")).map(|(index, _)| *index)
        }
        "compose" => {
            let rest = Invocation { name: "compose", words: invocation.words.get(index..)? };
            let operand = rest.operands(&COMPOSE).first().copied()?;
            compose(&rest, operand).map(|found| found + index)
        }
        _ => None,
    }
}

fn compose(invocation: &Invocation<'_>, (index, first): (usize, &str)) -> Option<usize> {
    match first {
        "build" => Some(index),
        "up" | "run" | "create" => position(invocation, "--build"),
        _ => None,
    }
}

/// `vercel` alone means `vercel deploy`. It builds the sources unless it is given the result of `vercel build`.
fn vercel(invocation: &Invocation<'_>) -> Option<usize> {
    const VALUED: [&str; 18] = [
        "-t",
        "--token",
        "-S",
        "--scope",
        "-A",
        "--local-config",
        "-Q",
        "--global-config",
        "--cwd",
        "-e",
        "--env",
        "-b",
        "--build-env",
        "-m",
        "--meta",
        "--target",
        "--regions",
        "--archive",
    ];
    if invocation.has(&["--prebuilt", "--version", "-v", "--help", "-h"]) {
        return None;
    }
    match invocation.operands(&VALUED).first() {
        None => Some(0),
        Some((index, "deploy" | "build")) => Some(*index),
        Some(_) => None,
    }
}

fn make(invocation: &Invocation<'_>) -> Option<usize> {
    let asks = invocation.has(&["-n", "--dry-run", "--version", "-v", "--help", "-h", "-q"]);
    if asks || invocation.words.iter().any(|word| word.literal.is_none()) {
        return None;
    }
    let operands = invocation.operands(&["-C", "-f", "-j", "-l", "-I", "-o", "-W", "--directory", "--file"]);
    let mut targets = operands.iter().filter(|(_, target)| !target.contains('=')).peekable();
    if targets.peek().is_none() {
        return Some(0);
    }
    let building = ["all", "dist", "image", "images", "package", "compile", "docker-image"];
    targets.find(|(_, target)| building.contains(target) || is_build_name(target)).map(|(index, _)| *index)
}

/// Whether a name looks like a build: `build`, `build:production`, `docker-build`, `build-image`.
fn is_build_name(name: &str) -> bool {
    name.split([':', '-', '_']).any(|part| part == "build")
}

fn builds_in_gradle(task: &str) -> bool {
    let task = task.rsplit(':').next().unwrap_or(task);
    matches!(
        task,
        "build" | "publish" | "jar" | "war" | "bootJar" | "bootWar" | "bootBuildImage" | "shadowJar" | "jib"
    ) || ["assemble", "bundle", "publishToMaven", "publishAllPublications"]
        .iter()
        .any(|start| task.starts_with(start))
}

fn position(invocation: &Invocation<'_>, argument: &str) -> Option<usize> {
    invocation.words.iter().position(|word| word.value() == argument)
}

fn pair(invocation: &Invocation<'_>, first: &[&str], second: &[&str]) -> Option<usize> {
    match invocation.operands(&[]).as_slice() {
        [(_, group), (index, command), ..] if first.contains(group) && second.contains(command) => {
            Some(*index)
        }
        _ => None,
    }
}
