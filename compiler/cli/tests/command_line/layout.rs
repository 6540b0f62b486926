//! `pipec fmt`.

use crate::support::{Ran, Workspace, finish_child};
use std::io::Write;
use std::process::Stdio;

const UNTIDY: &str = "let   answer=42\n";
const TIDY: &str = "let answer = 42\n";

fn with_input(workspace: &Workspace, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = workspace.command(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    finish_child(child)
}

#[test]
fn files_are_formatted_once() {
    let workspace = Workspace::with(&[("a.pipe", UNTIDY), ("sub/b.pipe", TIDY)]);
    workspace
        .run(&["fmt", "--check"])
        .expect(1)
        .says("would format a.pipe\n")
        .prints("-let   answer=42\n+let answer = 42\n");
    assert_eq!(workspace.read("a.pipe"), UNTIDY);
    workspace.run(&["fmt"]).expect(0).says("formatted a.pipe\n").omits("b.pipe");
    assert_eq!(workspace.read("a.pipe"), TIDY);
    workspace.run(&["fmt", "--check"]).expect(0).says("2 files already formatted\n");
}

#[test]
fn files_and_folders_can_be_named() {
    let workspace = Workspace::with(&[("a.pipe", UNTIDY), ("sub/b.pipe", UNTIDY), ("c.pipe", UNTIDY)]);
    workspace.run(&["fmt", "a.pipe", "sub"]).expect(0).says("formatted a.pipe").says("formatted b.pipe");
    assert_eq!(workspace.read("sub/b.pipe"), TIDY);
    assert_eq!(workspace.read("c.pipe"), UNTIDY);
}

#[test]
fn a_broken_file_stays_and_the_others_are_formatted() {
    let workspace = Workspace::with(&[("a.pipe", UNTIDY), ("b.pipe", "pipeline {")]);
    workspace.run(&["fmt"]).expect(1).says("formatted a.pipe").says("error[P").says("b.pipe:1");
    assert_eq!(workspace.read("b.pipe"), "pipeline {");
}

#[test]
fn a_text_from_standard_input_goes_to_standard_output() {
    let workspace = Workspace::empty();
    let ran = with_input(&workspace, &["fmt", "--stdin"], UNTIDY.as_bytes()).expect(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (TIDY, ""));
    let ran = with_input(&workspace, &["fmt", "--stdin"], TIDY.as_bytes()).expect(0);
    assert_eq!(ran.out, TIDY);
    let ran = with_input(&workspace, &["fmt", "--stdin"], b"pipeline {").expect(1).says("<stdin>:1");
    assert_eq!(ran.out, "");
    let ran = with_input(&workspace, &["fmt", "--stdin"], b"\xff").expect(1).says("error[P0001]");
    assert_eq!(ran.out, "");
    with_input(&workspace, &["fmt", "--stdin", "--check"], UNTIDY.as_bytes()).expect(1);
    with_input(&workspace, &["fmt", "--stdin", "--check"], TIDY.as_bytes()).expect(0);
}
