//! Guarantees: proved, emitted and assumed.

use crate::support::{Workspace, finish, small};
use serde_json::Value;

#[test]
fn each_environment_has_its_proofs_its_emissions_and_its_settings() {
    let workspace = Workspace::hello();
    let ran = workspace.run(&["assure", "--verbose"]).expect(0);
    assert_eq!(ran.err, "");
    ran.prints("  production\n    proved")
        .prints("✓ no deploy starts unless unit has passed")
        .prints("● one deploy at a time")
        .prints("☐ the environment `production` accepts only the branch `main`")
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

/// People should see at one glance what is proved and what they have to set.
#[test]
fn the_assurance_of_hello_fits_on_one_screen() {
    let workspace = Workspace::hello();
    let mut command = workspace.command(&["assure"]);
    command.env("COLUMNS", "80");
    let ran = finish(command).expect(0);
    assert_eq!(ran.err, "");
    assert!(ran.out.lines().count() <= 24, "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    ran.prints("hello is proved")
        .prints("✓ no deploy before unit has passed\n")
        .prints("to set on github\n  branch main\n    ☐ add a ruleset: reviewed pull requests only")
        .prints("  environment production\n    ☐ accept only the branch `main`\n")
        .prints("· 3 actions do what");
}

#[test]
fn claims_nothing_about_unproven_pipelines() {
    let workspace = Workspace::hello();
    let skipped = workspace.read("hello.pipe").replace("requires test", "requires test, lint");
    workspace.write("hello.pipe", skipped);
    let ran = workspace.run(&["assure"]).expect(1);
    assert_eq!(ran.out, "");
    ran.says("error[P0402]").says("the workspace is not proven, so nothing is assured");
    let ran = workspace.run(&["assure", "--format", "json"]).expect(1);
    let read: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(read["proven"], false);
    assert_eq!(read["pipelines"], serde_json::json!([]));
    std::fs::create_dir(workspace.path("odd.pipe")).unwrap();
    let ran = workspace.run(&["assure"]).expect(2);
    assert_eq!(ran.out, "");
}

#[test]
fn an_environment_without_entries_is_wrong_usage() {
    let workspace = Workspace::hello();
    workspace
        .run(&["assure", "--environment", "prodution"])
        .expect(2)
        .says("no pipeline enters an environment `prodution`")
        .says("did you mean `production`?");
    workspace.run(&["assure", "nowhere"]).expect(2).says("there is no `nowhere`");
}

#[test]
fn allowances_are_listed_with_their_reasons() {
    let source = small("a", "make || true").replace(
        "gate unit",
        "allow P0901 because \"the old tests are noise\" until 2999-01-31\n    gate unit",
    );
    let workspace = Workspace::with(&[("a.pipe", &source)]);
    workspace.run(&["assure"]).expect(0).prints("P0901 is allowed until 2999-01-31: the old tests are noise");
}

/// Rules that admit more than the deploys need would be bad advice.
#[test]
fn an_environment_admits_only_the_refs_of_its_own_deploys() {
    let source = r#"environment npm { tier production requires test }
environment mirror { tier production requires test }
environment old { tier production requires test }

pipeline library {
  on push to main, "release/*"
  on tag "v*"
  on schedule "0 3 * * 1"
  protect branch "main", "release/*"
  protect tag "v*"

  stage commit {
    gate unit: test { run "make test" }
    artefact package: archive { run "make" path "out.tgz" }
  }
  stage release when tag is "v*" {
    deploy package to npm { run "./publish" }
  }
  stage mirror when branch is main or tag is "v*" {
    deploy package to mirror { run "./publish" }
  }
  stage backport when branch is "release/*" and not branch is "release/next" {
    deploy package to old { run "./publish" }
  }
}
"#;
    let workspace = Workspace::with(&[("library.pipe", source)]);
    workspace
        .run(&["assure", "--format", "markdown"])
        .expect(0)
        .prints("the environment `npm` accepts only the tag `v*` ")
        .prints("the environment `mirror` accepts only the branch `main` and the tag `v*` ")
        .prints("the environment `old` accepts only the branch `release/*` ")
        .prints("of branches and tags only v\\* do")
        .prints("of branches and tags only main, v\\* do")
        .prints("of branches and tags only release/\\* do");
}

#[test]
fn a_report_to_code_scanning_is_a_right_of_people_who_may_push() {
    let source = "pipeline scans {\n  on tag \"v*\"\n  protect tag \"release-*\"\n  stage commit {\n    gate scan: test {\n      \
                  run \"./scan.sh > scan.sarif\"\n      report sarif \"scan.sarif\"\n    }\n  }\n}\n";
    let workspace = Workspace::with(&[("scans.pipe", source)]);
    let pushers = "people who may push to unprotected branches or tags may use the rights of";
    workspace.run(&["assure"]).expect(0).prints(pushers);
    let protected = source.replace("release-*", "v*");
    let workspace = Workspace::with(&[("scans.pipe", &protected)]);
    assert!(!workspace.run(&["assure"]).expect(0).out.contains(pushers));
}

#[test]
fn an_environment_admits_the_refs_of_all_its_pipelines() {
    let source = |name: &str, way: &str| {
        format!(
            "pipeline {name} {{\n  on {way}\n  protect branch \"main\", \"other\"\n  protect tag \"v*\"\n  stage commit {{\n    \
             gate unit: test {{ run \"make test\" }}\n    artefact package: archive {{ run \"make\" path \"out.tgz\" }}\n  }}\n  \
             stage release {{ deploy package to npm {{ run \"./publish\" }} }}\n}}\n"
        )
    };
    let environment = "environment npm { tier production from a, b requires test }\n";
    let both = [environment, &source("a", "push to main"), &source("b", "tag \"v*\"")].concat();
    let workspace = Workspace::with(&[("both.pipe", &both)]);
    let ran = workspace.run(&["assure", "--verbose"]).expect(0);
    let setting = "the environment `npm` accepts only the branch `main` and the tag `v*`";
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(text.matches(setting).count(), 2, "{}", ran.out);
    let ran = workspace.run(&["assure"]).expect(0);
    let task = "accept only the branch `main` and the tag `v*`";
    assert_eq!(ran.out.matches(task).count(), 1, "{}", ran.out);
}
