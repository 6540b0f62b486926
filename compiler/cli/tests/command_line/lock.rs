//! `pipec.lock`: what it says is used, and one that can't be read stops everything and stays as it is.

use crate::support::Workspace;

const CALLS: &str = r#"pipeline own {
  on push to main

  stage commit {
    gate unit: test {
      engine github because "the runner needs our tool" {
        action "acme/setup-tool@v1"(version: "3")
      }

      run "tool test"
    }
  }
}
"#;

const ENTRY: &str = r#"
[[action]]
name = "acme/setup-tool"
version = "v1.2.0"
commit = "0123456789012345678901234567890123456789"

[action.inputs]
version = "required string"
"#;

const OUTPUT: &str = ".github/workflows/own.yml";

#[test]
fn an_action_that_pipec_does_not_know_is_known_by_the_lock() {
    let workspace = Workspace::with(&[("own.pipe", CALLS)]);
    workspace.run(&["check"]).expect(1).says("P0705").says("`pipec.lock`");
    workspace.write("pipec.lock", ENTRY);
    workspace.run(&["check"]).expect(0);
    workspace.run(&["build"]).expect(0);
    let text = workspace.read(OUTPUT);
    assert!(text.contains("acme/setup-tool@0123456789012345678901234567890123456789 # v1.2.0"), "{text}");
    assert_eq!(workspace.read("pipec.lock"), ENTRY);
    workspace.write("own.pipe", CALLS.replace("version: \"3\"", "vresion: \"3\""));
    workspace.run(&["check"]).expect(1).says("P0706").says("did you mean `version`?").says("P0707");
}

#[test]
fn another_commit_in_the_lock_is_drift_of_the_output() {
    let workspace = Workspace::with(&[("own.pipe", CALLS), ("pipec.lock", ENTRY)]);
    workspace.run(&["build"]).expect(0);
    workspace.run(&["build", "--check"]).expect(0);
    workspace.write("pipec.lock", ENTRY.replace("0123456789", "9876543210"));
    workspace.run(&["build", "--check"]).expect(1).says("P1202");
}

#[test]
fn a_lock_that_can_not_be_read_says_where_and_stays_as_it_is() {
    let broken = [
        (ENTRY.replace("commit", "comit"), "line 5: unknown field `comit`"),
        (ENTRY.replace("0123", "zzzz"), "line 2: `zzzz456789"),
        (format!("{ENTRY}{ENTRY}"), "line 10: `acme/setup-tool` v1.2.0 stands there twice"),
        (format!("<<<<<<< ours\n{ENTRY}"), "line 1: "),
    ];
    for (text, says) in broken {
        let workspace = Workspace::with(&[("own.pipe", CALLS), ("pipec.lock", &text)]);
        workspace.run(&["check"]).expect(2).says(&format!("can't read `pipec.lock`: {says}"));
        workspace.run(&["build"]).expect(2).says(says);
        assert_eq!(workspace.read("pipec.lock"), text);
        assert!(!workspace.path(OUTPUT).exists());
    }
    let workspace = Workspace::with(&[("own.pipe", CALLS)]);
    std::fs::create_dir(workspace.path("pipec.lock")).unwrap();
    workspace.run(&["check"]).expect(2).says("`pipec.lock` is a folder");
}
