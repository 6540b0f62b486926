//! Runs the script that records a run.

use crate::bench::Bench;
use pipec_runtime::{Dialect, Script, Systems};
use serde_json::{Value, json};

const RECORD_RUN: &str = Script::RecordRun.text(Dialect::GitHub, Systems::Linux);

const NODES: &str = r#"{"job": "unit", "stage": "commit", "kind": "gate", "evidence": "test"}
{"job": "style", "stage": "commit", "kind": "gate", "evidence": "lint", "advisory": true}
{"job": "migrations", "stage": "commit", "kind": "gate", "evidence": "schema-check"}
{"job": "app", "stage": "commit", "kind": "artefact", "type": "archive"}
{"job": "app-untrusted", "node": "app", "stage": "commit", "kind": "artefact", "type": "archive"}
{"job": "deploy-app-to-production", "name": "deploy app to production", "stage": "release", "kind": "deploy", "environment": "production", "artefacts": ["app"], "irreversible": "a version is taken once"}"#;

fn needs(deploy: &str) -> Value {
    json!({
        "plan": {"result": "success", "outputs": {"baseline": "abc", "unknown": "", "changed-schema": "false"}},
        "unit": {"result": "success", "outputs": {}},
        "style": {"result": "success", "outputs": {}},
        "migrations": {"result": "success", "outputs": {"outcome": "exempt", "reason": "no | migration"}},
        "app": {"result": "success", "outputs": {"digest": "sha256:0123456789abcdef0123456789abcdef"}},
        "app-untrusted": {"result": "skipped", "outputs": {}},
        "deploy-app-to-production": {"result": deploy, "outputs": {}},
        "verdict": {
            "result": if deploy == "success" { "success" } else { "failure" },
            "outputs": {"not-due": "app-untrusted"}
        }
    })
}

fn bench(needs: &Value) -> Bench {
    Bench::new()
        .with("NODES", NODES)
        .with("NEEDS", needs.to_string())
        .with("GITHUB_WORKFLOW", "shop")
        .with("GITHUB_RUN_ATTEMPT", "2")
        .with("GITHUB_SERVER_URL", "https://github.example")
        .with("GITHUB_ACTOR", "ann")
        .with("GITHUB_TRIGGERING_ACTOR", "ben")
        .with("GITHUB_TOKEN", "ghs_secret")
        .with("GITHUB_WORKFLOW_REF", "acme/shop/.github/workflows/shop.yml@refs/heads/main")
}

fn listed(bench: &Bench) {
    let job = |name: &str, conclusion: &str, second: u32| {
        json!({"name": name, "conclusion": conclusion, "html_url": format!("https://github.example/{name}"),
            "created_at": "2026-11-21T09:59:00Z", "started_at": "2026-11-21T10:00:00Z",
            "completed_at": format!("2026-11-21T10:01:{second:02}Z"), "steps": [{"name": "no part of the record"}]})
    };
    let jobs = json!({"jobs": [job("unit (3.11)", "success", 5), job("unit (3.12)", "success", 9),
        job("units", "success", 59), job("style (a)", "failure", 1), job("app", "success", 2)]});
    bench.answer("repos/acme/shop/actions/runs/77/attempts/2/jobs", &jobs.to_string());
}

/// The raw record that the script has written.
fn raw(bench: &Bench) -> Value {
    serde_json::from_slice(&std::fs::read(bench.path("workspace/record.json")).unwrap()).unwrap()
}

/// The record in its documented form.
fn record(bench: &Bench) -> Value {
    let record = pipec_report::record::Record::of_raw(&raw(bench).to_string()).unwrap();
    serde_json::from_str(&record.json()).unwrap()
}

fn node<'r>(record: &'r Value, name: &str) -> &'r Value {
    record["nodes"].as_array().unwrap().iter().find(|node| node["node"] == name).unwrap()
}

#[test]
fn the_raw_record_tells_outcomes_digests_and_the_commit_by_itself() {
    let bench = bench(&needs("success"));
    listed(&bench);
    let done = bench.run(RECORD_RUN);
    assert!(done.success, "{}", done.log);
    let raw = raw(&bench);
    assert_eq!(
        (&raw["version"], &raw["pipeline"], &raw["engine"]),
        (&json!(2), &json!("shop"), &json!("github"))
    );
    assert_eq!(raw["commit"], "0123456789abcdef0123456789abcdef01234567");
    assert_eq!(raw["told"]["GITHUB_RUN_ID"], "77");
    assert_eq!(raw["told"]["GITHUB_TOKEN"], Value::Null);
    assert_eq!(node(&raw, "style")["outcome"], "failed", "its result alone hides that");
    assert_eq!(node(&raw, "unit")["outcome"], "passed");
    let jobs: Vec<&Value> =
        raw["nodes"].as_array().unwrap().iter().filter(|node| node["node"] == "app").collect();
    assert_eq!(jobs[0]["digests"], json!({"digest": "sha256:0123456789abcdef0123456789abcdef"}));
    assert_eq!(jobs[1]["outcome"], "not-due");
    assert_eq!(raw["jobs"][0].as_object().unwrap().len(), 6);
    assert!(done.summary.contains("| unit | passed |  |"), "{}", done.summary);
    assert!(done.summary.contains("| app | passed | sha256:0123456789ab |"), "{}", done.summary);
}

#[test]
fn the_record_has_jobs_and_outcomes() {
    let bench = bench(&needs("success"));
    listed(&bench);
    let done = bench.run(RECORD_RUN);
    assert!(done.success, "{}", done.log);
    let record = record(&bench);
    assert_eq!(record["verdict"], "passed");
    assert_eq!(record["started"], "2026-11-21T09:59:00Z");
    assert_eq!(
        record["run"],
        json!({"id": 77, "attempt": 2, "url": "https://github.example/acme/shop/actions/runs/77"})
    );
    assert_eq!(record["actor"], "ann");
    assert_eq!(record["started-by"], "ben");
    assert_eq!(
        record["changes"],
        json!({"baseline": "abc", "unknown": null, "facts": {"changed-schema": false}})
    );
    let names: Vec<&Value> = record["nodes"].as_array().unwrap().iter().map(|node| &node["node"]).collect();
    assert_eq!(names, ["unit", "style", "migrations", "app", "deploy-app-to-production"]);
    assert_eq!(node(&record, "unit")["finished"], "2026-11-21T10:01:09Z", "the last leg's");
    assert_eq!(node(&record, "style")["outcome"], "failed", "its result alone hides that");
    assert_eq!(node(&record, "migrations")["outcome"], "exempt");
    assert_eq!(node(&record, "migrations")["reason"], "no | migration");
    assert_eq!(node(&record, "app")["job"], "app");
    assert_eq!(node(&record, "app")["digests"], json!({"digest": "sha256:0123456789abcdef0123456789abcdef"}));
}

/// Checks that a value has exactly the fields of its schema, at all levels.
fn fits(value: &Value, schema: &Value, place: &str) {
    if let Some(choices) = schema["oneOf"].as_array() {
        let is_null = |schema: &&Value| schema["type"] == "null";
        let chosen = choices.iter().find(|choice| is_null(choice) == value.is_null()).unwrap();
        return fits(value, chosen, place);
    }
    if let Some(choices) = schema["enum"].as_array() {
        assert!(choices.contains(value), "{place}: {value}");
    }
    if let (Some(fields), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, field) in fields {
            fits(
                field,
                known.get(name).unwrap_or_else(|| panic!("{place}: {name}")),
                &format!("{place}.{name}"),
            );
        }
        for required in schema["required"].as_array().unwrap() {
            assert!(fields.contains_key(required.as_str().unwrap()), "{place}: no {required}");
        }
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"], &format!("{place}[]"));
    }
}

#[test]
fn the_record_has_the_form_of_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../compiler/docs/record.schema.json")).unwrap();
    let raw_schema: Value =
        serde_json::from_str(include_str!("../../../../compiler/docs/raw-record.schema.json")).unwrap();
    for deploy in ["success", "failure", "cancelled", "skipped"] {
        let chat = r#"{"job": "chat", "stage": "alarm", "kind": "job", "finally": true}"#;
        let bench = bench(&needs(deploy)).with("NODES", format!("{NODES}\n{chat}"));
        listed(&bench);
        assert!(bench.run(RECORD_RUN).success);
        fits(&record(&bench), &schema, "record");
        fits(&raw(&bench), &raw_schema, "raw record");
    }
    let page = include_str!("../../../../compiler/docs/record.md");
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    fits(&serde_json::from_str(example).unwrap(), &schema, "the reference's example");
}

#[test]
fn a_job_of_a_finally_was_not_due_if_the_stages_ended_otherwise() {
    let chat = r#"{"job": "chat", "stage": "alarm", "kind": "job", "finally": true}
{"job": "chat-untrusted", "node": "chat", "stage": "alarm", "kind": "job", "finally": true}"#;
    let outcome = |chat_result: &str, untrusted: &str| {
        let mut needs = needs("success");
        needs["chat"] = json!({"result": chat_result, "outputs": {}});
        needs["chat-untrusted"] = json!({"result": untrusted, "outputs": {}});
        let bench = bench(&needs).with("NODES", format!("{NODES}\n{chat}"));
        listed(&bench);
        assert!(bench.run(RECORD_RUN).success);
        let record = record(&bench);
        assert_eq!(node(&record, "chat")["finally"], true);
        node(&record, "chat")["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("skipped", "skipped"), "not-due");
    assert_eq!(outcome("failure", "skipped"), "failed");
    assert_eq!(outcome("skipped", "success"), "passed");
}

#[test]
fn cancelled_jobs_differ_from_jobs_that_were_not_due() {
    for (result, outcome) in [("failure", "failed"), ("cancelled", "cancelled"), ("skipped", "stopped")] {
        let bench = bench(&needs(result));
        listed(&bench);
        assert!(bench.run(RECORD_RUN).success);
        let record = record(&bench);
        assert_eq!(node(&record, "deploy-app-to-production")["outcome"], outcome);
        assert_eq!(record["verdict"], "failed");
    }
    let mut needs = needs("skipped");
    needs["verdict"]["outputs"]["not-due"] = "app app-untrusted deploy-app-to-production".into();
    needs["app"] = json!({"result": "skipped", "outputs": {}});
    let bench = bench(&needs);
    listed(&bench);
    assert!(bench.run(RECORD_RUN).success);
    let record = record(&bench);
    assert_eq!(node(&record, "deploy-app-to-production")["outcome"], "not-due");
    assert_eq!(node(&record, "app")["outcome"], "not-due");
    assert_eq!(record["nodes"].as_array().unwrap().len(), 5);
}

#[test]
fn an_override_is_recorded_with_approver_and_reason() {
    let mut needs = needs("success");
    needs["unit"] = json!({"result": "failure", "outputs": {}});
    needs["override-unit"] = json!({"result": "success", "outputs": {"approved-at": "1795255200",
        "approved-by": "sue", "expires": "2026-11-22T10:00:00Z", "review-by": "2026-11-24T10:00:00Z"}});
    let lines = NODES.replacen("\"test\"}", "\"test\", \"override\": \"override-unit\"}", 1);
    let inputs = json!({"override-gate": "unit", "override-reason": "a | known <b>flake</b>"});
    let bench = bench(&needs).with("NODES", lines).with("INPUTS", inputs.to_string());
    listed(&bench);
    let done = bench.run(RECORD_RUN);
    assert!(done.success, "{}", done.log);
    let record = record(&bench);
    assert_eq!(node(&record, "unit")["outcome"], "overridden");
    assert_eq!(
        node(&record, "unit")["override"],
        json!({"reason": "a | known <b>flake</b>", "approved-by": "sue", "approved-at": "2026-11-21T10:00:00Z",
            "expires": "2026-11-22T10:00:00Z", "review-by": "2026-11-24T10:00:00Z"})
    );
    let schema: Value =
        serde_json::from_str(include_str!("../../../../compiler/docs/record.schema.json")).unwrap();
    fits(&record, &schema, "record");
    needs["override-unit"] = json!({"result": "skipped", "outputs": {}});
    let bench = bench.with("NEEDS", needs.to_string());
    assert!(bench.run(RECORD_RUN).success);
    assert_eq!(node(&self::record(&bench), "unit")["outcome"], "failed");
    assert_eq!(node(&self::record(&bench), "unit")["override"], Value::Null);
}

#[test]
fn the_record_needs_no_times() {
    let bench = bench(&needs("success")).with("INPUTS", r#"{"size": "big"}"#);
    let done = bench.run(RECORD_RUN);
    assert!(done.success, "{}", done.log);
    let record = record(&bench);
    assert_eq!(node(&record, "unit")["started"], Value::Null);
    assert_eq!(record["started"], Value::Null);
    assert_eq!(record["inputs"], json!({"size": "big"}));
    assert!(done.log.contains("::warning::GitHub did not list the jobs"));
}
