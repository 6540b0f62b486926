//! The fixed scripts on other machines than Ubuntu.
//!
//! The plan, the verdict, the jobs of overrides and the scripts for images run on Ubuntu. Every other fixed script runs
//! on the node's machine, which may be macOS: its bash is 3.2 and its tools are those of BSD.

use crate::scripts::*;
use pipec_runtime::{ApprovalForm, Dialect, ForwardForm, PlanForm, PushForm, Script, Systems, VerdictForm};

/// The fixed scripts that run on the node's machine.
const ON_THE_NODES_MACHINE: [Script; 22] = [
    Script::Again,
    Script::Approval(ApprovalForm::Anybody),
    Script::Approval(ApprovalForm::NotAuthor),
    Script::AzureLogOut,
    Script::Exempt,
    Script::Facts,
    Script::Forward(ForwardForm::History),
    Script::Forward(ForwardForm::SharedHistory),
    Script::Forward(ForwardForm::Version),
    Script::OverrideInForce,
    Script::PreviewWanted,
    Script::Quorum,
    Script::RecordFile,
    Script::RecordFolder,
    Script::Encoded,
    Script::SecretFile,
    Script::SecretRemoved,
    Script::ToolRust,
    Script::VerifyFile,
    Script::VerifyFolder,
    Script::VerifyImage,
    Script::VerifyLegs,
];

/// The fixed scripts that run only on Ubuntu.
const ON_UBUNTU: [Script; 15] = [
    Script::ImageFolder,
    Script::OfABranch,
    Script::OverrideApproved,
    Script::OverrideAsked,
    Script::Plan(PlanForm::Changes),
    Script::Plan(PlanForm::Names),
    Script::PreviewFind,
    Script::PreviewForget,
    Script::PushImage(PushForm::Password),
    Script::PushImage(PushForm::Amazon),
    Script::PushImage(PushForm::Azure),
    Script::RecordImage,
    Script::Verdict(VerdictForm::All),
    Script::Verdict(VerdictForm::Listed),
    Script::Verdict(VerdictForm::Overridable),
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
    for script in ON_THE_NODES_MACHINE {
        let text = script.text(Dialect::GitHub, Systems::Any);
        for construct in ELSEWHERE {
            assert!(!text.contains(construct), "{} has `{construct}`", script.name());
        }
        // In bash 3.2, an empty array is an unset variable for `-u`. This one is never empty.
        let arrays = text.replace("${sha256[@]}", "").matches("[@]}").count();
        assert_eq!(arrays, 0, "{}", script.name());
    }
}

#[test]
fn digests_are_computed_where_only_shasum_is() {
    let bench = crate::bench::Bench::new().with("FILE", "app");
    bench.write("app", "1");
    let packed = bench.temp("app.tar");
    let bench = bench.with("PACKED", packed);
    let expected = bench.run(RECORD_FILE).output("digest").to_owned();
    bench.shell(
        "mkdir ../only; for tool in bash cut dirname tar; do ln -s \"$(command -v $tool)\" ../only; done",
    );
    bench.shell("printf '#!/bin/sh\\nshift 2\\nexec %s \\\"$@\\\"\\n' \"$(command -v sha256sum)\" > ../only/shasum && chmod +x ../only/shasum");
    let only = bench.path("only").to_str().unwrap().to_owned();
    let script = format!("PATH={only}\nOSTYPE=darwin23\n{RECORD_FILE_ANYWHERE}");
    assert_eq!(bench.run(&script).output("digest"), expected);
}

#[test]
fn each_fixed_script_has_only_the_functions_it_calls() {
    for script in ON_THE_NODES_MACHINE.into_iter().chain(ON_UBUNTU) {
        let (name, text) = (script.name(), script.text(Dialect::GitHub, Systems::Any));
        for line in text.lines() {
            let Some(function) = line.strip_suffix("() {") else { continue };
            let calls =
                text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| *word == function);
            assert!(calls.count() > 1, "{name} does not call `{function}`");
        }
    }
}
