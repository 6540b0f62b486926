//! The fixed scripts on other machines than Ubuntu.
//!
//! The plan, the verdict, the jobs of overrides and the scripts for images run on Ubuntu. Every other fixed script runs
//! on the node's machine, which may be macOS: its bash is 3.2 and its tools are those of BSD.

use crate::scripts::*;

/// The fixed scripts that run on the node's machine.
const ON_THE_NODES_MACHINE: &[(&str, &str)] = &[
    ("again", AGAIN),
    ("approval", APPROVAL),
    ("exempt", EXEMPT),
    ("facts", FACTS),
    ("forward", FORWARD),
    ("override-in-force", OVERRIDE_IN_FORCE),
    ("preview-wanted", PREVIEW_WANTED),
    ("quorum", QUORUM),
    ("record-file", RECORD_FILE),
    ("record-folder", RECORD_FOLDER),
    ("script", SCRIPT),
    ("secret-file", SECRET_FILE),
    ("tool-rust", TOOL_RUST),
    ("verify-file", VERIFY_FILE),
    ("verify-folder", VERIFY_FOLDER),
    ("verify-image", VERIFY_IMAGE),
    ("verify-legs", VERIFY_LEGS),
];

/// The fixed scripts that run only on Ubuntu.
const ON_UBUNTU: &[(&str, &str)] = &[
    ("image-folder", IMAGE_FOLDER),
    ("override-approved", OVERRIDE_APPROVED),
    ("override-asked", OVERRIDE_ASKED),
    ("plan", PLAN),
    ("preview-find", PREVIEW_FIND),
    ("preview-forget", PREVIEW_FORGET),
    ("push-image", PUSH_IMAGE),
    ("record-image", RECORD_IMAGE),
    ("verdict", VERDICT),
];

/// Features that bash 3.2 lacks, and options that BSD lacks or writes differently.
const ELSEWHERE: [&str; 27] = [
    "declare -A",
    "local -A",
    "local -n",
    "mapfile",
    "readarray",
    "coproc",
    ",,}",
    "^^}",
    "@Q}",
    "|&",
    "&>>",
    "[-1]",
    "printf '%(",
    "wait -n",
    "base64 -d",
    "base64 -w",
    "date -d",
    "find -",
    "-printf",
    "grep -P",
    "readlink -f",
    "realpath",
    "sed -i",
    "sort -z",
    "stat -c",
    "xargs -r",
    "| jq",
];

#[test]
fn scripts_on_the_nodes_machine_keep_to_bash_3_2_and_to_what_macos_has() {
    for (name, script) in ON_THE_NODES_MACHINE {
        for construct in ELSEWHERE {
            assert!(!script.contains(construct), "{name} has `{construct}`");
        }
        // In bash 3.2, an empty array is an unset variable for `-u`. The arrays of this script have at least one line
        // for each path.
        let arrays = script.matches("[@]}").count();
        assert_eq!(arrays, if *name == "record-folder" { 2 } else { 0 }, "{name}");
    }
}

#[test]
fn digests_are_computed_where_only_shasum_is() {
    let bench = crate::bench::Bench::new().with("FILE", "app");
    bench.write("app", "1");
    let packed = bench.temp("app.tar");
    let bench = bench.with("PACKED", packed);
    let expected = bench.run(RECORD_FILE).output("digest").to_owned();
    bench.shell("mkdir ../only; for tool in bash cut tar; do ln -s \"$(command -v $tool)\" ../only; done");
    bench.shell("printf '#!/bin/sh\\nexec %s\\n' \"$(command -v sha256sum)\" > ../only/shasum && chmod +x ../only/shasum");
    let only = bench.path("only").to_str().unwrap().to_owned();
    let script = format!("PATH={only}\n{RECORD_FILE}");
    assert_eq!(bench.run(&script).output("digest"), expected);
}

#[test]
fn each_fixed_script_has_only_the_functions_it_calls() {
    let all = ON_THE_NODES_MACHINE.iter().chain(ON_UBUNTU);
    for (name, script) in all {
        for line in script.lines() {
            let Some(function) = line.strip_suffix("() {") else { continue };
            let calls = script
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .filter(|word| *word == function);
            assert!(calls.count() > 1, "{name} does not call `{function}`");
        }
    }
}
