//! Drawings of the path to production.

use crate::support::{Workspace, finish, small};

#[test]
fn every_form_is_written_to_standard_output() {
    let workspace = Workspace::hello();
    let ran = workspace.run(&["graph"]).expect(0).prints("╭─ commit ─").prints("▶ production  deploy app");
    assert_eq!(ran.err, "");
    workspace.run(&["graph", "--format", "svg"]).expect(0).prints("<svg xmlns=").prints("</svg>\n");
    workspace.run(&["graph", "--format", "html"]).expect(0).prints("<!DOCTYPE html>\n").prints("</html>\n");
    workspace.run(&["graph", "--format", "mermaid"]).expect(0).prints("flowchart LR\n");
    workspace.run(&["graph", "--format", "dot"]).expect(0).prints("digraph \"hello\" {\n");
    let ran = workspace.run(&["graph", "--format", "json"]).expect(0);
    let drawn: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(drawn["proven"], true);
    assert_eq!(drawn["pipelines"][0]["nodes"][2]["after"], serde_json::json!(["unit", "app"]));
}

#[test]
fn the_drawing_uses_the_width_of_the_terminal() {
    let workspace = Workspace::hello();
    let widest = |columns: &str| {
        let mut command = workspace.command(&["graph"]);
        command.env("COLUMNS", columns);
        finish(command).expect(0).out.lines().map(|line| line.chars().count()).max()
    };
    assert_eq!(widest("100"), Some(100));
    assert_eq!(widest("400"), Some(120));
    assert_eq!(widest("nonsense"), Some(80));
}

#[test]
fn why_names_what_a_deploy_waits_for() {
    let workspace = Workspace::hello();
    let ran = workspace.run(&["graph", "--why", "production"]).expect(0);
    ran.prints("before it, these must\n").prints("unit  pass: test").prints("then it waits for\n");
    workspace.run(&["graph", "--why", "app", "--format", "json"]).expect(0).prints("\"holds-back\"");
    workspace.run(&["graph", "--why", "app", "--format", "json"]).expect(0).prints("\"finally\": null");
    let alarm = "pipeline p {\n  on push to main\n  stage s { job j { run \"make\" } }\n  \
                 finally alarm on failed, cancelled { job tell { run \"./tell.sh\" } }\n}\n";
    let ran = Workspace::with(&[("p.pipe", alarm)]).run(&["graph", "--why", "tell", "--format", "json"]);
    let told: String = ran.expect(0).out.split_whitespace().collect();
    assert!(told.contains("\"finally\":[\"failed\",\"cancelled\"]"), "{told}");
    workspace
        .run(&["graph", "--why", "prodution"])
        .expect(2)
        .says("nothing on the path is called `prodution`")
        .says("did you mean `production`?");
    workspace.run(&["graph", "--why", "app", "--format", "svg"]).expect(2).says("prints text or JSON");
}

#[test]
fn one_pipeline_or_one_file_can_be_requested() {
    let workspace = Workspace::with(&[("a.pipe", &small("a", "make")), ("b.pipe", &small("b", "make"))]);
    std::fs::create_dir(workspace.path(".git")).unwrap();
    workspace.run(&["graph", "--format", "dot"]).expect(0).prints("digraph \"pipelines\"");
    workspace.run(&["graph", "--pipeline", "b", "--format", "dot"]).expect(0).prints("digraph \"b\"");
    workspace.run(&["graph", "a.pipe", "--format", "dot"]).expect(0).prints("digraph \"a\"");
    workspace.run(&["graph", "--pipeline", "c"]).expect(2).says("there is no pipeline `c`");
}

#[test]
fn unproven_pipelines_are_drawn_and_marked() {
    let workspace = Workspace::hello();
    let skipped = workspace.read("hello.pipe").replace("requires test", "requires test, lint");
    workspace.write("hello.pipe", skipped);
    let ran = workspace.run(&["graph"]).expect(1);
    ran.prints("hello  not proven").says("error[P0402]").says("1 error\n");
    workspace.run(&["graph", "nowhere"]).expect(2).says("there is no `nowhere`");
}
