//! Runs the script that installs Rust, with a replacement of rustup.

use crate::bench::{Bench, Done};
use crate::scripts::TOOL_RUST;

/// A replacement of `rustup` that records its calls. The toolchain of a folder is the one in its file.
const RUSTUP: &str = r#"#!/usr/bin/env bash
set -euo pipefail
echo "$*" >> "$GH_FOLDER/asked"
case $* in
  "toolchain install 9."*) echo "no such toolchain" >&2; exit 1 ;;
  "toolchain install --no-self-update") [[ -f rust-toolchain.toml ]] ;;
  "toolchain install "*) ;;
  "show active-toolchain") echo "$(cat rust-toolchain.toml)-x86_64 (overridden by a file)" ;;
  *) exit 1 ;;
esac
"#;

fn bench() -> Bench {
    let bench = Bench::new();
    std::fs::write(bench.path("bin/rustup"), RUSTUP).unwrap();
    bench.shell("chmod +x ../bin/rustup");
    let file = bench.path("env").to_str().unwrap().to_owned();
    bench.with("GITHUB_ENV", file)
}

fn refused(done: &Done, why: &str) {
    assert!(!done.success && done.log.contains(why), "{}", done.log);
}

fn exported(bench: &Bench) -> String {
    std::fs::read_to_string(bench.path("env")).unwrap_or_default()
}

#[test]
fn later_scripts_use_the_installed_version() {
    let bench = bench().with("VERSION", "1.95.0");
    let done = bench.run(TOOL_RUST);
    assert!(done.success, "{}", done.log);
    assert_eq!(exported(&bench), "RUSTUP_TOOLCHAIN=1.95.0\n");
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    let wanted = "toolchain install 1.95.0 --profile minimal --component rustfmt --component clippy --no-self-update\n";
    assert_eq!(asked, wanted);
}

#[test]
fn the_toolchain_of_a_file_is_that_of_every_folder() {
    for file in ["rust-toolchain.toml", "api/rust-toolchain.toml"] {
        let bench = bench().with("FILE", file);
        bench.write(file, "1.90.0");
        let done = bench.run(TOOL_RUST);
        assert!(done.success, "{}", done.log);
        assert_eq!(exported(&bench), "RUSTUP_TOOLCHAIN=1.90.0-x86_64\n", "{file}");
    }
}

#[test]
fn a_missing_toolchain_fails_the_job() {
    let bench = bench().with("VERSION", "9.9.9");
    refused(&bench.run(TOOL_RUST), "no such toolchain");
    assert_eq!(exported(&bench), "");
    let bench = bench.with("FILE", "rust-toolchain.toml");
    refused(&bench.run(TOOL_RUST), "rust-toolchain.toml is not a file");
    let bare = Bench::new().with("VERSION", "1.95.0").with("GITHUB_ENV", "/dev/null");
    let only = bare.path("only").to_str().unwrap().to_owned();
    refused(&bare.run(&format!("PATH={only}\n{TOOL_RUST}")), "no rustup on this machine");
}
