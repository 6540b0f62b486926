//! The output of findings.

use crate::support::{Ran, Workspace, small};
use serde_json::Value;

fn broken() -> Workspace {
    Workspace::with(&[(
        "deploy/x.pipe",
        "pipeline x {\n  on push to main\n  stage commit {\n    gaet unit: test { run \"true\" }\n  }\n}\n",
    )])
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"))
}

#[test]
fn people_read_the_source_and_the_count() {
    let ran = broken().run(&["check"]).expect(1);
    assert_eq!(ran.out, "");
    ran.says("error[P0").says("deploy/x.pipe:4:5").says("gaet unit: test").says("1 error\n");
}

#[test]
fn programs_read_one_object_on_standard_output() {
    let ran = broken().run(&["check", "--format", "json"]).expect(1);
    assert_eq!(ran.err, "");
    let report = json(&ran);
    let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["diagnostics", "files", "fixed", "problems", "summary", "version"]);
    assert_eq!(report["version"], 1);
    let finding = &report["diagnostics"][0];
    let keys: Vec<&str> = finding.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "code",
            "counterexample",
            "end",
            "fix",
            "help",
            "labels",
            "message",
            "notes",
            "path",
            "severity",
            "slug",
            "span",
            "start"
        ]
    );
    assert_eq!(finding["path"], "deploy/x.pipe");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["start"]["line"], 4);
    assert_eq!(finding["start"]["column"], 5);
    assert_eq!(finding["span"]["start"], 52);
    assert_eq!(report["summary"]["errors"], 1);
}

#[test]
fn programs_read_written_files_and_problems() {
    let workspace = Workspace::with(&[("a.pipe", &small("a", "make"))]);
    let report = json(&workspace.run(&["build", "--format", "json"]).expect(0));
    assert_eq!(report["files"][0]["path"], ".github/workflows/a.yml");
    assert_eq!(report["files"][0]["status"], "written");
    assert_eq!(report["summary"]["pipelines"], 1);
    let report = json(&workspace.run(&["build", "--format", "json"]).expect(0));
    assert_eq!(report["files"][0]["status"], "unchanged");
    workspace.write("a.pipe", small("a", "false"));
    let report = json(&workspace.run(&["build", "--check", "--format", "json"]).expect(1));
    assert_eq!(report["files"][0]["status"], "differs");
    assert_eq!(report["diagnostics"][0]["code"], "P1202");

    std::fs::create_dir(workspace.path("odd.pipe")).unwrap();
    let report = json(&workspace.run(&["check", "--format", "json"]).expect(2));
    assert_eq!(report["problems"][0]["path"], "odd.pipe");
    let report = json(&workspace.run(&["check", "nowhere", "--format", "json"]).expect(2));
    assert_eq!(report["problems"][0]["message"], "there is no `nowhere`");
}

#[test]
fn code_scanning_reads_sarif_with_paths_of_the_repository() {
    let workspace = broken();
    std::fs::create_dir(workspace.path(".git")).unwrap();
    for command in ["check", "build"] {
        let ran = workspace.run(&[command, "deploy", "--format", "sarif"]).expect(1);
        assert_eq!(ran.err, "");
        let log = json(&ran);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["semanticVersion"], env!("CARGO_PKG_VERSION"));
        let result = &run["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "deploy/x.pipe");
        assert_eq!(place["region"]["startLine"], 4);
        assert_eq!(place["region"]["startColumn"], 5);
        assert_eq!(result["ruleId"], run["tool"]["driver"]["rules"][0]["id"]);
        assert_eq!(
            result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
            "gate"
        );
    }
    let log = json(&workspace.run(&["check", "nowhere", "--format", "sarif"]).expect(2));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["message"]["text"], "there is no `nowhere`");
}

#[test]
fn a_step_of_github_actions_annotates() {
    let workspace = broken();
    let ran = workspace.run(&["check", "--format", "github"]).expect(1);
    assert_eq!(ran.err, "");
    assert!(
        ran.out.starts_with("::error file=deploy/x.pipe,line=4,endLine=4,col=5,endColumn=9,title=P00"),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.lines().count(), 1);
    workspace.run(&["build", "--format", "github"]).expect(1).prints("::error file=deploy/x.pipe");
    workspace
        .run(&["check", "nowhere", "--format", "github"])
        .expect(2)
        .prints("::error title=pipec::there is no");
    assert_eq!(Workspace::hello().run(&["check", "--format", "github"]).expect(0).out, "");
}

#[test]
fn colour_follows_the_environment_and_the_flag() {
    let workspace = broken();
    let coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        command.envs(variables.iter().copied());
        crate::support::finish(command).err.contains('\u{1b}')
    };
    assert!(!coloured(&[], &["check"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &["check"]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &["check"]));
    assert!(coloured(&[("NO_COLOR", "1")], &["check", "--color", "always"]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["check", "--color", "never"]));
    assert!(!coloured(&[("NO_COLOR", "1")], &["check", "nowhere"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &["check", "nowhere"]));
}
