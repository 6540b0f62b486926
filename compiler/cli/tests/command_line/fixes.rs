//! Mechanical fixes.

use crate::support::{Workspace, finish, link};
use std::process::Command;

const BROKEN: &str =
    "pipeline x {\n  on push main\n  stage commit {\n    gaet   unit: test { run 'make' }\n  }\n}\n";
const MENDED: &str =
    "pipeline x {\n  on push to main\n  stage commit {\n    gate   unit: test { run \"make\" }\n  }\n}\n";

#[test]
fn mechanical_fixes_are_applied_reported_and_checked() {
    let workspace = Workspace::with(&[("deploy/x.pipe", BROKEN)]);
    workspace
        .run(&["check", "--fix"])
        .expect(0)
        .says("fixed deploy/x.pipe:4:5 P0012: write `gate`\n")
        .says("1 pipeline proven");
    assert_eq!(workspace.read("deploy/x.pipe"), MENDED);
    workspace.run(&["check", "--fix"]).expect(0).omits("fixed");
    assert_eq!(workspace.list("deploy"), ["x.pipe"]);
}

#[test]
fn remaining_findings_are_reported() {
    let workspace =
        Workspace::with(&[("x.pipe", &BROKEN.replace("gaet   unit: test", "gaet unit: nonsense"))]);
    workspace.run(&["check", "--fix"]).expect(1).says("fixed x.pipe").says("error[P01").says("1 error\n");
    let workspace = Workspace::with(&[("x.pipe", BROKEN)]);
    let ran = workspace.run(&["check", "--fix", "--format", "json"]).expect(0);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["fixed"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["fixed"][0]["path"], "x.pipe");
    assert_eq!(report["diagnostics"], serde_json::json!([]));
}

#[test]
fn nothing_is_fixed_without_the_flag() {
    let workspace = Workspace::with(&[("x.pipe", BROKEN)]);
    workspace.run(&["check"]).expect(1).omits("fixed ");
    assert_eq!(workspace.read("x.pipe"), BROKEN);
}

#[test]
fn all_files_are_fixed_or_none() {
    let other = BROKEN.replace("pipeline x", "pipeline y");
    let workspace =
        Workspace::with(&[("a.pipe", BROKEN), ("b.pipe", &format!("{other}{}", "// long\n".repeat(2_000)))]);
    // The second file can't be written completely, as on a full disk.
    let program = env!("CARGO_BIN_EXE_pipec");
    let mut command = Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec '{program}' check --fix");
    command.args(["-c", &script]).current_dir(workspace.path(""));
    finish(command).expect(2).says("can't write `b.pipe`").says("error[P00").omits("fixed ");
    assert_eq!(workspace.read("a.pipe"), BROKEN);
    assert_eq!(workspace.list(""), ["a.pipe", "b.pipe"]);
    workspace.run(&["check", "--fix"]).expect(0);
    assert_eq!(workspace.read("a.pipe"), MENDED);
}

#[test]
fn unreadable_files_stay_and_the_others_are_fixed() {
    let workspace = Workspace::with(&[("x.pipe", BROKEN)]);
    workspace.write("latin.pipe", b"// caf\xe9\npipeline y {\n");
    link("/etc/hostname", &workspace.path("away.pipe"));
    workspace
        .run(&["check", "--fix"])
        .expect(2)
        .says("fixed x.pipe")
        .says("P0001")
        .says("outside the workspace");
    assert_eq!(workspace.read("x.pipe"), MENDED);
    assert_eq!(std::fs::read(workspace.path("latin.pipe")).unwrap(), b"// caf\xe9\npipeline y {\n");
}

#[test]
fn only_the_given_file_is_fixed() {
    let other = BROKEN.replace("pipeline x", "pipeline y");
    let workspace = Workspace::with(&[("x.pipe", BROKEN), ("y.pipe", &other)]);
    std::fs::create_dir(workspace.path(".git")).unwrap();
    workspace.run(&["check", "--fix", "x.pipe"]).expect(1).says("fixed x.pipe").omits("fixed y.pipe");
    assert_eq!(workspace.read("x.pipe"), MENDED);
    assert_eq!(workspace.read("y.pipe"), other);
}

#[test]
fn a_promise_is_never_raised_by_a_fix() {
    let text = "pipeline x {\n  on push to main\n  budget 5m\n  stage commit {\n    gate unit: test { run \"make\" }\n  }\n}\n";
    let workspace = Workspace::with(&[("x.pipe", text)]);
    workspace
        .run(&["check", "--fix"])
        .expect(1)
        .says("error[P0802]")
        .says("raise the budget to")
        .omits("fixed ");
    assert_eq!(workspace.read("x.pipe"), text);
}

#[test]
fn no_fix_writes_what_the_language_refuses() {
    let text = "pipeline x {\n  on push to main\n  stage commit {\n    gate unit: test {\n      run \"make test\" \"make more\"\n      check check types \"yarn x\"\n    }\n  }\n}\n";
    let workspace = Workspace::with(&[("x.pipe", text)]);
    workspace.run(&["check", "--fix"]).expect(1).says("error[P0009]").omits("fixed ");
    assert_eq!(workspace.read("x.pipe"), text);
}
