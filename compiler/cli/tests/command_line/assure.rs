//! What is proved, emitted and assumed.

use crate::support::{Workspace, small};
use serde_json::Value;

#[test]
fn each_environment_has_its_proofs_its_emissions_and_its_settings() {
    let workspace = Workspace::hello();
    let ran = workspace.run(&["assure"]).expect(0);
    assert_eq!(ran.err, "");
    ran.prints("  production\n    proved")
        .prints("✓ no deploy starts unless unit has passed")
        .prints("● one deploy at a time")
        .prints("☐ the environment `production` lets in only the branches `main`")
        .prints("0 of 3 steps are in `engine` blocks");
    workspace
        .run(&["assure", "--format", "markdown"])
        .expect(0)
        .prints("- [ ] a ruleset for the branch `main`");
    let ran = workspace.run(&["assure", "--format", "json", "--environment", "production"]).expect(0);
    let read: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(read["proven"], true);
    assert_eq!(read["pipelines"][0]["name"], "hello");
    let standings: Vec<&str> = read["pipelines"][0]["guarantees"]
        .as_array()
        .unwrap()
        .iter()
        .map(|guarantee| guarantee["standing"].as_str().unwrap())
        .collect();
    for standing in ["proved", "emitted", "assumed"] {
        assert!(standings.contains(&standing), "{standings:?}");
    }
}

#[test]
fn nothing_is_claimed_of_what_is_not_proven() {
    let workspace = Workspace::hello();
    let skipped = workspace.read("hello.pipe").replace("requires test", "requires test, lint");
    workspace.write("hello.pipe", skipped);
    let ran = workspace.run(&["assure"]).expect(1);
    assert_eq!(ran.out, "");
    ran.says("error[P0402]").says("nothing is assured of a workspace that is not proven");
    let ran = workspace.run(&["assure", "--format", "json"]).expect(1);
    let read: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(read["proven"], false);
    assert_eq!(read["pipelines"], serde_json::json!([]));
    std::fs::create_dir(workspace.path("odd.pipe")).unwrap();
    let ran = workspace.run(&["assure"]).expect(2);
    assert_eq!(ran.out, "");
}

#[test]
fn an_environment_that_nobody_enters_is_wrong_usage() {
    let workspace = Workspace::hello();
    workspace
        .run(&["assure", "--environment", "prodution"])
        .expect(2)
        .says("no pipeline enters an environment `prodution`")
        .says("did you mean `production`?");
    workspace.run(&["assure", "nowhere"]).expect(2).says("there is no `nowhere`");
}

#[test]
fn what_is_allowed_is_listed_with_its_reason() {
    let source = small("a", "make || true").replace(
        "gate unit",
        "allow P0901 because \"the old tests are noise\" until 2999-01-31\n    gate unit",
    );
    let workspace = Workspace::with(&[("a.pipe", &source)]);
    workspace.run(&["assure"]).expect(0).prints("P0901 is allowed until 2999-01-31: the old tests are noise");
}
