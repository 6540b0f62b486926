//! Commands that install packages. They run code that nobody of the team has reviewed.
//!
//! `go install` and `go get` don't count: it is a goal of Go that they run no code of what they fetch
//! (<https://go.dev/blog/path-security>).

use super::invocation::Invocation;
use super::parser;

/// Programs with the options that take a value, and the operands that install.
const INSTALLERS: [(&str, &[&str], &[&str]); 16] = [
    ("npm", &["--prefix", "-w", "--workspace"], &["ci", "install", "i", "add"]),
    ("pnpm", &["-C", "--dir", "-F", "--filter"], &["install", "i", "add"]),
    ("yarn", &["--cwd"], &["install", "add"]),
    ("bun", &[], &["install", "add"]),
    ("pip", &[], &["install"]),
    ("pip3", &[], &["install"]),
    ("pipx", &[], &["install"]),
    ("uv", &["--directory", "--project"], &["sync", "add"]),
    ("poetry", &["-C", "--directory"], &["install", "add"]),
    ("pipenv", &[], &["install", "sync"]),
    ("pdm", &[], &["install", "sync"]),
    ("cargo", &["--manifest-path", "-C", "--config"], &["install"]),
    ("gem", &[], &["install"]),
    ("bundle", &[], &["install"]),
    ("composer", &["-d", "--working-dir"], &["install", "update"]),
    ("dotnet", &[], &["restore"]),
];

/// The first command of a script that installs packages, as written. `None` for a script that can't be parsed.
pub(crate) fn installation(script: &str) -> Option<&str> {
    let tree = parser::parse(script).ok()?;
    let mut found: Option<std::ops::Range<usize>> = None;
    tree.for_each_simple(&mut |simple| {
        let Some(invocation) = Invocation::of(simple).filter(|_| found.is_none()) else { return };
        found = installing_word(&invocation).map(|index| invocation.range_to(index));
    });
    script.get(found?)
}

/// The index of the word that shows an installation.
fn installing_word(invocation: &Invocation<'_>) -> Option<usize> {
    if invocation.name == "yarn" && invocation.words.len() == 1 {
        return Some(0);
    }
    let is_python = invocation.name.starts_with("python");
    if is_python && invocation.word(1) == "-m" && invocation.word(2) == "pip" {
        return (invocation.word(3) == "install").then_some(3);
    }
    let (_, valued, words) = INSTALLERS.iter().find(|(name, ..)| *name == invocation.name)?;
    let operands = invocation.operands(valued);
    match operands.as_slice() {
        [(_, "pip"), (index, "install"), ..] if invocation.name == "uv" => Some(*index),
        [(_, "tool"), (index, "install"), ..] if matches!(invocation.name, "uv" | "dotnet") => Some(*index),
        [(index, first), ..] => words.contains(first).then_some(*index),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installations_are_found_behind_wrappers_and_options() {
        let found = |script| installation(script);
        assert_eq!(found("npm ci"), Some("npm ci"));
        assert_eq!(found("set -x\nsudo npm --prefix web install left-pad"), Some("npm --prefix web install"));
        assert_eq!(found("python3 -m pip install --user awscli"), Some("python3 -m pip install"));
        assert_eq!(found("uv pip install ruff && make"), Some("uv pip install"));
        assert_eq!(found("cargo install tool"), Some("cargo install"));
        assert_eq!(found("yarn"), Some("yarn"));
        assert_eq!(found("npm run build"), None);
        assert_eq!(found("echo npm ci"), None);
        assert_eq!(found("go install example.com/tool@v1"), None);
    }
}
