//! Arguments, help and exit codes.

use crate::support::{Workspace, finish, finish_child, pipec};
use std::process::Stdio;

fn run(arguments: &[&str]) -> crate::support::Ran {
    let mut command = pipec();
    command.args(arguments);
    finish(command)
}

#[test]
fn wrong_usage_shows_the_correct_usage() {
    run(&[]).expect(2).says("Usage: pipec");
    run(&["chekc"]).expect(2).says("check");
    run(&["build", "--stdout", "--check"]).expect(2).says("cannot be used with");
    run(&["check", "--format", "xml"]).expect(2).says("json");
    run(&["build", "--target", "githbu"])
        .expect(2)
        .says("there is no target `githbu`")
        .says("did you mean `github`?");
    for form in ["json", "sarif", "github"] {
        run(&["build", "--stdout", "--format", form]).expect(2).prints("both use standard output");
    }
}

#[test]
fn every_command_has_help_with_examples() {
    run(&["--help"]).expect(0).prints("Examples:").prints("Exit status:");
    for command in ["check", "build", "fmt", "graph", "assure", "explain", "completions"] {
        run(&[command, "--help"]).expect(0).prints("Examples:\n  pipec ");
    }
    let version = run(&["--version"]).expect(0).out;
    assert_eq!(version, format!("pipec {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn codes_are_explained_by_number_and_by_name() {
    let by_number = run(&["explain", "P0401"]).expect(0).out;
    assert!(by_number.starts_with("# P0401"), "{by_number}");
    assert_eq!(run(&["explain", "p0401"]).expect(0).out, by_number);
    assert_eq!(run(&["explain", "skippable-gate"]).expect(0).out, by_number);
    run(&["explain", "skipable-gate"]).expect(2).says("did you mean `skippable-gate`?");
    run(&["explain", "P0420"]).expect(2).says("reserved for a later version, for resumed runs and rollbacks");
    run(&["explain", "P9999"]).expect(2).says("there is no code `P9999`");
    run(&["explain"]).expect(0).prints("P0001  not-text\n").prints("P0401  skippable-gate\n");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    for arguments in [&["explain"][..], &["completions", "bash"], &["--help"]] {
        let mut command = pipec();
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        finish_child(child).expect(0).omits("panic").omits("error");
    }
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        run(&["completions", shell]).expect(0).prints("explain");
    }
}

#[test]
fn the_day_can_be_fixed() {
    let workspace = Workspace::hello();
    let with = |value: &str| {
        let mut command = workspace.command(&["check"]);
        command.env("SOURCE_DATE_EPOCH", value);
        finish(command)
    };
    with("1700000000").expect(0);
    with("").expect(0);
    with("yesterday").expect(2).says("`SOURCE_DATE_EPOCH` is not a number of seconds since 1970");
}
