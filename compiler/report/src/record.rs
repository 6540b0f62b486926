//! The record of a run, in the form for people and for tools.
//!
//! The last job of a run keeps what the engine tells: the *raw record*. It has the results of all jobs, when they ran, and
//! the table of nodes, each with its outcome. From it follows the documented form. For example,
//!
//! ```text
//! {"job": "unit", "node": "unit", "outcome": "passed", …}        {"node": "unit", "outcome": "passed", "started": …, …}
//! {"job": "app", "node": "app", "outcome": "passed", …}     →    {"node": "app", "outcome": "passed", …}
//! {"job": "app-untrusted", "node": "app", "outcome": "not-due"}
//! ```
//!
//! A node of two jobs is shown by the one that was due.

use crate::paint::harmless;
use pipec_base::calendar;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The version of the raw record that is read.
const RAW: u64 = 2;

/// The version of the documented form.
const VERSION: u64 = 1;

/// A record in the documented form.
#[derive(Clone, Debug, PartialEq)]
pub struct Record(Value);

#[derive(Deserialize)]
struct Raw {
    engine: String,
    pipeline: String,
    commit: String,
    told: BTreeMap<String, String>,
    inputs: Value,
    needs: BTreeMap<String, Need>,
    jobs: Vec<Ran>,
    nodes: Vec<Node>,
}

/// The result of a job, and what it handed on.
#[derive(Deserialize)]
struct Need {
    result: String,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
}

/// When a job ran. A leg's name is that of its job, followed by the leg in parentheses.
#[derive(Deserialize)]
struct Ran {
    name: String,
    created_at: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
    html_url: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    job: String,
    name: String,
    node: String,
    outcome: String,
    digests: BTreeMap<String, String>,
    #[serde(rename = "override")]
    overriding: Option<String>,
    /// What the source says of the node.
    #[serde(flatten)]
    said: Map<String, Value>,
}

impl Record {
    /// The documented form of a raw record.
    ///
    /// # Errors
    /// What is wrong with the text, in a few words.
    pub fn of_raw(text: &str) -> Result<Record, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        match value.get("version").and_then(Value::as_u64) {
            Some(RAW) => {}
            Some(VERSION) => return Err("it already has the documented form".to_owned()),
            Some(other) => {
                return Err(format!("it is a raw record of version {other}, and this pipec reads {RAW}"));
            }
            None => return Err("it is no record of a run".to_owned()),
        }
        let raw: Raw =
            serde_json::from_value(value).map_err(|error| format!("it is no record of a run: {error}"))?;
        Ok(Record(raw.documented()))
    }

    /// It as JSON, with a line feed at the end.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// It as a table for the terminal.
    pub fn table(&self) -> String {
        let said = |value: &Value, field: &str| {
            value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let record = &self.0;
        let mut text = String::new();
        // Writing to a string never fails.
        let _ = writeln!(
            text,
            "{} {}: {} at {}, started by {} with {}",
            said(record, "pipeline"),
            said(record, "verdict"),
            said(record, "ref"),
            said(record, "commit"),
            said(record, "started-by"),
            said(record, "event")
        );
        let nodes = record.get("nodes").and_then(Value::as_array).into_iter().flatten();
        let mut rows: Vec<[String; 4]> = Vec::new();
        for node in nodes {
            let digests = node.get("digests").and_then(Value::as_object).into_iter().flatten();
            let digests: Vec<&str> = digests.filter_map(|(_, digest)| digest.as_str()?.get(..19)).collect();
            let why = match node.get("override").filter(|it| !it.is_null()) {
                Some(of) => format!("{}, approved by {}", said(of, "reason"), said(of, "approved-by")),
                None => said(node, "reason"),
            };
            let last = if why.is_empty() { digests.join(" ") } else { why };
            rows.push([said(node, "stage"), said(node, "node"), said(node, "outcome"), last]);
        }
        let width = |column: usize| {
            rows.iter().filter_map(|row| Some(row.get(column)?.chars().count())).max().unwrap_or_default()
        };
        let (stage, node, outcome) = (width(0), width(1), width(2));
        for [in_stage, name, ended, last] in &rows {
            let line = format!("  {in_stage:stage$}  {name:node$}  {ended:outcome$}  {last}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        harmless(&text)
    }
}

impl Raw {
    fn documented(&self) -> Value {
        let told = |name: &str| self.told.get(&format!("GITHUB_{name}")).cloned().unwrap_or_default();
        let number = |name: &str| told(name).parse::<u64>().unwrap_or_default();
        let run = format!("{}/{}/actions/runs/{}", told("SERVER_URL"), told("REPOSITORY"), told("RUN_ID"));
        let is_green = self.needs.get("verdict").is_some_and(|verdict| verdict.result == "success");
        let started = self.jobs.iter().filter_map(|job| job.created_at.as_ref()).min();
        let mut nodes: Vec<Value> = Vec::new();
        let mut shown: Vec<&str> = Vec::new();
        for node in &self.nodes {
            if !shown.contains(&node.node.as_str()) {
                shown.push(&node.node);
                let mut all = self.nodes.iter().filter(|other| other.node == node.node);
                let due = all.find(|other| other.outcome != "not-due").unwrap_or(node);
                nodes.push(self.node(due));
            }
        }
        json!({
            "version": VERSION,
            "pipeline": self.pipeline,
            "engine": self.engine,
            "repository": told("REPOSITORY"),
            "workflow": told("WORKFLOW_REF"),
            "run": {"id": number("RUN_ID"), "attempt": number("RUN_ATTEMPT"), "url": run},
            "event": told("EVENT_NAME"),
            "ref": told("REF"),
            "commit": self.commit,
            "actor": told("ACTOR"),
            "started-by": told("TRIGGERING_ACTOR"),
            "inputs": self.inputs,
            "started": started,
            "verdict": if is_green { "passed" } else { "failed" },
            "changes": self.changes(),
            "nodes": nodes,
        })
    }

    /// What the plan took for changed. Null without a plan.
    fn changes(&self) -> Value {
        let Some(plan) = self.needs.get("plan") else { return Value::Null };
        let filled = |name: &str| plan.outputs.get(name).filter(|value| !value.is_empty());
        let is_fact = |name: &str| name != "baseline" && name != "unknown";
        let facts = plan.outputs.iter().filter(|(name, _)| is_fact(name));
        let facts: BTreeMap<&String, bool> = facts.map(|(name, value)| (name, value == "true")).collect();
        json!({"baseline": filled("baseline"), "unknown": filled("unknown"), "facts": facts})
    }

    fn node(&self, node: &Node) -> Value {
        let has_begun = node.outcome != "not-due" && node.outcome != "stopped";
        let leg = format!("{} (", node.name);
        let jobs = self.jobs.iter().filter(|job| job.name == node.name || job.name.starts_with(&leg));
        let jobs: Vec<&Ran> = jobs.filter(|_| has_begun).collect();
        let need = self.needs.get(&node.job);
        let reason = need.and_then(|need| need.outputs.get("reason")).filter(|reason| !reason.is_empty());
        let mut said = node.said.clone();
        // A gate judges no artefact if it names none.
        if said.get("kind").and_then(Value::as_str) == Some("gate") {
            said.entry("of").or_insert_with(|| json!([]));
        }
        said.extend([
            ("job".to_owned(), json!(node.job)),
            ("node".to_owned(), json!(node.node)),
            ("outcome".to_owned(), json!(node.outcome)),
            ("reason".to_owned(), json!(reason)),
            ("digests".to_owned(), if has_begun { json!(node.digests) } else { json!({}) }),
            ("started".to_owned(), json!(jobs.iter().filter_map(|job| job.started_at.as_ref()).min())),
            ("finished".to_owned(), json!(jobs.iter().filter_map(|job| job.completed_at.as_ref()).max())),
            ("url".to_owned(), json!(jobs.first().and_then(|job| job.html_url.as_ref()))),
            ("override".to_owned(), self.overriding(node)),
        ]);
        Value::Object(said)
    }

    /// Who let a failed gate pass. Null if nobody did.
    fn overriding(&self, node: &Node) -> Value {
        let asked = node.overriding.as_ref().filter(|_| node.outcome == "overridden");
        let Some(asked) = asked.and_then(|asked| self.needs.get(asked)) else { return Value::Null };
        let handed_on = |name: &str| asked.outputs.get(name).cloned().unwrap_or_default();
        let approved = handed_on("approved-at").parse().map(calendar::time).unwrap_or_default();
        let reason = self.inputs.get("override-reason").and_then(Value::as_str).unwrap_or_default();
        json!({
            "reason": reason,
            "approved-by": handed_on("approved-by"),
            "approved-at": approved,
            "expires": handed_on("expires"),
            "review-by": handed_on("review-by"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> Value {
        json!({
            "version": 2, "engine": "github", "pipeline": "shop", "commit": "abc",
            "told": {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "77",
                "GITHUB_RUN_ATTEMPT": "2", "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main",
                "GITHUB_ACTOR": "ann", "GITHUB_TRIGGERING_ACTOR": "ben", "GITHUB_WORKFLOW_REF": "acme/shop/x.yml@main"},
            "inputs": {"override-gate": "scan", "override-reason": "a known flake"},
            "needs": {
                "plan": {"result": "success", "outputs": {"baseline": "abd", "unknown": "", "changed-docs": "false"}},
                "unit": {"result": "success", "outputs": {}},
                "migrations": {"result": "success", "outputs": {"outcome": "exempt", "reason": "no migration"}},
                "app": {"result": "success", "outputs": {"digest": "sha256:0123456789abcdef0123"}},
                "app-untrusted": {"result": "skipped", "outputs": {}},
                "scan": {"result": "failure"},
                "override-scan": {"result": "success", "outputs": {"approved-at": "1795255200", "approved-by": "sue",
                    "expires": "2026-11-22T10:00:00Z", "review-by": "2026-11-24T10:00:00Z"}},
                "verdict": {"result": "success", "outputs": {"not-due": "app-untrusted "}}
            },
            "jobs": [
                {"name": "unit (3.11)", "created_at": "2026-11-21T09:59:00Z", "started_at": "2026-11-21T10:00:00Z",
                    "completed_at": "2026-11-21T10:01:05Z", "html_url": "https://github.example/1"},
                {"name": "unit (3.12)", "created_at": "2026-11-21T09:59:01Z", "started_at": "2026-11-21T10:00:01Z",
                    "completed_at": "2026-11-21T10:01:09Z", "html_url": "https://github.example/2"},
                {"name": "units", "created_at": null, "started_at": null, "completed_at": null, "html_url": null}
            ],
            "nodes": [
                {"node": "unit", "name": "unit", "job": "unit", "stage": "commit", "kind": "gate", "evidence": "test",
                    "digests": {}, "outcome": "passed"},
                {"node": "migrations", "name": "migrations", "job": "migrations", "stage": "commit", "kind": "gate",
                    "evidence": "schema-check", "digests": {}, "outcome": "exempt"},
                {"node": "app", "name": "app-untrusted", "job": "app-untrusted", "stage": "commit", "kind": "artefact",
                    "type": "archive", "digests": {}, "outcome": "not-due"},
                {"node": "app", "name": "app", "job": "app", "stage": "commit", "kind": "artefact", "type": "archive",
                    "digests": {"digest": "sha256:0123456789abcdef0123"}, "outcome": "passed"},
                {"node": "scan", "name": "scan", "job": "scan", "stage": "commit", "kind": "gate", "evidence": "scan",
                    "of": ["app"], "override": "override-scan", "digests": {}, "outcome": "overridden"}
            ]
        })
    }

    #[test]
    fn a_node_has_its_times_digests_and_reason_once() {
        let record = Record::of_raw(&raw().to_string()).unwrap();
        let nodes = record.0["nodes"].as_array().unwrap();
        let names: Vec<&Value> = nodes.iter().map(|node| &node["node"]).collect();
        assert_eq!(names, ["unit", "migrations", "app", "scan"]);
        assert_eq!(nodes[0]["finished"], "2026-11-21T10:01:09Z", "the last leg's");
        assert_eq!(nodes[0]["of"], json!([]));
        assert_eq!(nodes[1]["reason"], "no migration");
        assert_eq!(nodes[2]["job"], "app");
        assert_eq!(nodes[2]["digests"], json!({"digest": "sha256:0123456789abcdef0123"}));
        assert_eq!(nodes[3]["override"]["approved-at"], "2026-11-21T10:00:00Z");
        assert_eq!(nodes[3]["override"]["reason"], "a known flake");
        assert_eq!(record.0["started"], "2026-11-21T09:59:00Z");
        assert_eq!(
            record.0["changes"],
            json!({"baseline": "abd", "unknown": null, "facts": {"changed-docs": false}})
        );
        assert_eq!(
            record.0["run"],
            json!({"id": 77, "attempt": 2, "url": "https://github.example/acme/shop/actions/runs/77"})
        );
    }

    #[test]
    fn the_table_shows_outcomes_and_reasons() {
        let record = Record::of_raw(&raw().to_string()).unwrap();
        assert_eq!(
            record.table(),
            "shop passed: refs/heads/main at abc, started by ben with push\n\
             \x20 commit  unit        passed\n\
             \x20 commit  migrations  exempt      no migration\n\
             \x20 commit  app         passed      sha256:0123456789ab\n\
             \x20 commit  scan        overridden  a known flake, approved by sue\n"
        );
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        let refused = |text: &str| Record::of_raw(text).unwrap_err();
        assert!(refused("{").starts_with("it is not JSON"));
        assert_eq!(refused("[]"), "it is no record of a run");
        assert_eq!(refused(r#"{"version": 1}"#), "it already has the documented form");
        assert_eq!(refused(r#"{"version": 3}"#), "it is a raw record of version 3, and this pipec reads 2");
        assert!(refused(r#"{"version": 2}"#).starts_with("it is no record of a run: missing field"));
    }

    #[test]
    fn a_record_without_jobs_has_no_times() {
        let mut raw = raw();
        raw["jobs"] = json!([]);
        raw["needs"]["verdict"]["result"] = json!("failure");
        let record = Record::of_raw(&raw.to_string()).unwrap();
        assert_eq!((&record.0["started"], &record.0["verdict"]), (&Value::Null, &json!("failed")));
        assert_eq!(record.0["nodes"][0]["started"], Value::Null);
    }
}
