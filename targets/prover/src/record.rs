//! The record: the last job writes what the run did.
//!
//! It can change no result, and it leaves out no job. Each line of its variable `NODES` describes one job:
//!
//! ```text
//! {"job": "unit", "stage": "commit", "kind": "gate", "evidence": "test"}    gate unit: test
//! {"job": "unit", "stage": "commit", "kind": "gate", "evidence": "lint"}    "it describes `unit` wrongly"
//! no line about the job `app`                                               "it does not describe `app`"
//! ```
//!
//! The `name` of the job and its `node` are the id of the job if they are missing.

use crate::gating::Gating;
use crate::gating::is_untrusted_only;
use pipec_ir::{Event, Node, NodeKind};
use pipec_model::Finding;
use pipec_model::overriding::inputs;
use pipec_model::{ConditionId, Does, Given, IfMissing, Job, Kept, Part, Starts, Step, Value};
use pipec_runtime::Script;
use pipec_runtime::names::RECORD;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Every way in which the record could be missing or wrong.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let Some(job) = gating.job(RECORD) else {
        return vec![Finding::of_file("it has no job `record`", 1)];
    };
    let mut findings = Vec::new();
    let mut differs = |what: String| findings.push(Finding::of_job(RECORD, what, job.line));
    if job.starts != Starts::Always {
        differs("it does not always run".to_owned());
    }
    let needs: BTreeSet<&str> = job.waits_for.iter().map(String::as_str).collect();
    for other in gating.all_jobs() {
        if other.id != RECORD && !needs.contains(other.id.as_str()) {
            differs(format!("it does not need `{}`", other.id));
        }
        if other.waits_for.iter().any(|need| need == RECORD) {
            differs(format!("`{}` waits for it", other.id));
        }
    }
    let [write, keep] = job.steps() else {
        differs("it is not two steps".to_owned());
        return findings;
    };
    if let Err(what) = writes(gating, write) {
        differs(what);
    }
    if !keeps(keep) {
        differs("it does not keep what it wrote".to_owned());
    }
    for wrong in nodes(gating, write) {
        findings.push(Finding::of_job(RECORD, wrong, write.line));
    }
    findings
}

/// Checks that a step is the record's script with exactly its values.
fn writes(gating: &Gating<'_, '_>, step: &Step) -> Result<(), String> {
    if !step.runs(Script::RecordRun) || step.condition != ConditionId::PLAIN || step.directory.is_some() {
        return Err("it does not run the record's script".to_owned());
    }
    let entry = !inputs(gating.pipeline).is_empty();
    let inputs = entry || gating.pipeline.events().contains(&Event::Manual);
    for Given { name, value, .. } in &step.env {
        let right = match &**name {
            "GH_TOKEN" => value.is_part(&Part::Token),
            "NEEDS" => value.is_part(&Part::AllResults),
            "INPUTS" => inputs && value.is_part(&Part::AllInputs),
            "NODES" => true,
            _ => false,
        };
        if !right {
            return Err(format!("its `{name}` is something else"));
        }
    }
    if step.env.len() != 3 + usize::from(inputs) {
        return Err("it lacks a value that it needs".to_owned());
    }
    Ok(())
}

/// The file of the record.
fn written() -> Value {
    Value::literal("record.json")
}

fn keeps(step: &Step) -> bool {
    let kept = Kept {
        name: Some(RECORD.to_owned()),
        paths: written(),
        if_missing: IfMissing::Fail,
        overwrites: true,
        with_hidden: false,
        sets_compression: false,
    };
    step.does == Does::Keep(kept) && step.condition == ConditionId::PLAIN
}

/// A line of NODES. A missing field is empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line<'l> {
    #[serde(borrow)]
    job: Cow<'l, str>,
    #[serde(borrow)]
    name: Option<Cow<'l, str>>,
    #[serde(borrow)]
    node: Option<Cow<'l, str>>,
    #[serde(borrow)]
    stage: Cow<'l, str>,
    #[serde(borrow)]
    kind: Cow<'l, str>,
    #[serde(borrow)]
    evidence: Cow<'l, str>,
    of: Vec<String>,
    #[serde(deserialize_with = "said")]
    advisory: Option<bool>,
    #[serde(borrow, rename = "override")]
    overriding: Cow<'l, str>,
    #[serde(borrow, rename = "type")]
    ty: Cow<'l, str>,
    #[serde(borrow)]
    environment: Cow<'l, str>,
    artefacts: Vec<String>,
    #[serde(deserialize_with = "said")]
    irreversible: Option<String>,
    #[serde(deserialize_with = "said")]
    finally: Option<bool>,
}

/// Reads a field that is present. `null` is not allowed.
fn said<'d, D: Deserializer<'d>, T: Deserialize<'d>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Every difference between NODES and the pipeline.
fn nodes(gating: &Gating<'_, '_>, step: &Step) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut recorded: BTreeSet<String> = BTreeSet::new();
    for line in step.env_literal("NODES").unwrap_or_default().lines() {
        // The parser would accept a list of the same values as a line, but the script would not.
        let is_list = line.trim_start().starts_with('[');
        let line: Line<'_> = match serde_json::from_str(line) {
            Ok(_) if is_list => {
                wrong.push("a line of its `NODES` describes no node".to_owned());
                continue;
            }
            Ok(line) => line,
            Err(error) => {
                let what = if error.is_data() { "describes no node" } else { "is no JSON" };
                wrong.push(format!("a line of its `NODES` {what}"));
                continue;
            }
        };
        let job = gating.job(&line.job);
        let Some((job, node)) = job.and_then(|job| Some((job, gating.source.node_of(&job.id)?))) else {
            wrong.push(format!("it describes `{}`, which is no node's job", line.job));
            continue;
        };
        let same = match &node.kind {
            NodeKind::Gate(gate) => {
                line.kind == "gate"
                    && line.evidence == gate.evidence.name
                    && line.of == gate.of
                    && line.advisory == gate.advisory.is_some().then_some(true)
                    && line.overriding == overridden_by(gating, node, job)
            }
            NodeKind::Artefact(artefact) => line.kind == "artefact" && line.ty == artefact.ty.word(),
            NodeKind::Deploy(deploy) => {
                line.kind == "deploy"
                    && line.environment == deploy.environment
                    && line.artefacts == deploy.artefacts
                    && line.irreversible.as_deref() == deploy.irreversible().map(|(because, _)| because)
            }
            NodeKind::Job => line.kind == "job",
        };
        let stage = gating.pipeline.stage_of(node).map(|stage| stage.name.as_str());
        let same = same && line.finally == gating.pipeline.is_afterwards(node).then_some(true);
        if !same || Some(&*line.stage) != stage || line.node.as_ref().unwrap_or(&line.job) != &node.name {
            wrong.push(format!("it describes `{}` wrongly", job.id));
        }
        if !is_shown_as(gating, job, line.name.as_ref().unwrap_or(&line.job)) {
            wrong.push(format!("it knows `{}` by another name than the platform shows", job.id));
        }
        if !recorded.insert(job.id.clone()) {
            wrong.push(format!("it describes `{}` twice", job.id));
        }
    }
    for job in gating.all_jobs() {
        if gating.source.node_of(&job.id).is_some() && !recorded.contains(&job.id) {
            wrong.push(format!("it does not describe `{}`", job.id));
        }
    }
    wrong
}

/// The job that may override the node of this job. Only a job for reviewed code has one.
fn overridden_by<'g>(gating: &'g Gating<'_, '_>, node: &Node, job: &Job) -> &'g str {
    let asks = super::overrides::job_of(gating, node);
    let trusted = || !is_untrusted_only(gating, job);
    asks.filter(|_| trusted()).map_or("", |other| other.id.as_str())
}

/// Whether GitHub shows a job under this name. Its legs have this name, followed by the leg.
fn is_shown_as(gating: &Gating<'_, '_>, job: &Job, name: &str) -> bool {
    gating.instances_of(job).iter().all(|instance| {
        let shown = instance.leg.shown_as.as_literal().unwrap_or_default();
        match instance.name {
            None => shown == name,
            Some(_) => {
                shown.strip_prefix(name).is_some_and(|leg| leg.starts_with(" (") && leg.ends_with(')'))
            }
        }
    })
}
