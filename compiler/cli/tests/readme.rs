//! The README shows commands and their output. The output must be the real one.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies in the workspace")
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("a README")
}

/// The content of the first code fence of a language.
fn fence(text: &str, language: &str) -> String {
    let opening = format!("```{language}\n");
    let start = text.find(&opening).unwrap_or_else(|| panic!("no {language} fence")) + opening.len();
    let length = text[start..].find("```").expect("the fence is closed");
    text[start..start + length].to_owned()
}

fn hello() -> String {
    std::fs::read_to_string(root().join("examples/hello/hello.pipe")).expect("the example")
}

/// Applies a diff without line numbers. A removed or kept line is searched from the position of the last one.
fn patched(text: &str, diff: &str) -> String {
    let mut rest = text.lines().peekable();
    let mut result = Vec::new();
    for line in diff.lines() {
        let (sign, line) = line.split_at(1);
        if sign == "+" {
            result.push(line.to_owned());
            continue;
        }
        for candidate in rest.by_ref() {
            let found = candidate == line;
            if !(found && sign == "-") {
                result.push(candidate.to_owned());
            }
            if found {
                break;
            }
        }
    }
    result.extend(rest.map(str::to_owned));
    result.join("\n") + "\n"
}

#[test]
fn the_readme_shows_the_example() {
    assert_eq!(fence(&readme(), "pipe"), hello());
}

#[test]
fn the_readme_shows_parts_of_the_output() {
    let readme = readme();
    let shown: Vec<&str> =
        readme.split("```yaml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(!shown.is_empty());
    let output = root().join("examples/hello/.github/workflows/hello.yml");
    let output = std::fs::read_to_string(output).unwrap();
    for part in shown {
        assert!(output.contains(part), "{part}");
    }
}

#[test]
fn the_readme_and_the_reference_show_the_assurance_of_the_example() {
    let reference = std::fs::read_to_string(root().join("compiler/docs/command-line.md")).expect("a page");
    let reference = reference.split("\n## Assurance\n").nth(1).expect("the section");
    let listed = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["assure", "examples/hello", "--color", "never"])
        .current_dir(root())
        .env("COLUMNS", "80")
        .output()
        .expect("pipec runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    assert_eq!(fence(&readme(), "text"), listed, "the README");
    assert_eq!(fence(reference, "text"), listed, "the reference");
}

#[test]
fn the_change_in_the_readme_gives_its_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let changed = patched(&hello(), &fence(&readme(), "diff"));
    std::fs::write(folder.path().join("hello.pipe"), changed).expect("written");
    let folder = folder.path().to_str().expect("a path");
    let checked = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["check", folder, "--color", "never"])
        .output()
        .expect("pipec runs");
    let report = String::from_utf8(checked.stderr).expect("text");
    let shown = fence(&readme(), "console");
    let shown = shown.strip_prefix("$ pipec check\n").expect("the command");
    assert!(report.starts_with(shown), "the README shows:\n{shown}\npipec says:\n{report}");
    assert!(report.ends_with("3 errors\n"), "{report}");
    assert_eq!(checked.status.code(), Some(1));
}
