//! The record: the last job, which writes down what ran. It can do no harm, and it leaves out no job.

use crate::meaning::overriding::inputs;
use crate::proof::gating::Gating;
use crate::proof::gating::is_untrusted_only;
use crate::read::expression::Expression;
use crate::read::expression::Template;
use crate::read::finding::Finding;
use crate::read::workflow::literal;
use crate::read::workflow::{Job, Step};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Event, Node, NodeKind};
use pipec_runtime::Script;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The record's id.
pub(crate) const RECORD: &str = "record";

/// Every way in which the record could be silent or wrong.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let Some(job) = gating.workflow.job(RECORD) else {
        return vec![Finding::of_file("it has no job `record`", 1)];
    };
    let mut findings = Vec::new();
    let mut differs = |what: String| findings.push(Finding::of_job(RECORD, what, job.line));
    if job.condition != Some(Expression::Call("always", Vec::new())) {
        differs("it does not always run".to_owned());
    }
    let needs: BTreeSet<&str> = job.needs.iter().map(String::as_str).collect();
    for other in &gating.workflow.jobs {
        if other.id != RECORD && !needs.contains(other.id.as_str()) {
            differs(format!("it does not need `{}`", other.id));
        }
        if other.needs.iter().any(|need| need == RECORD) {
            differs(format!("`{}` waits for it", other.id));
        }
    }
    let [write, keep] = job.steps.as_slice() else {
        differs("it is not two steps".to_owned());
        return findings;
    };
    if let Err(what) = writes(gating, write) {
        differs(what);
    }
    if !keeps(gating, keep) {
        differs("it does not keep what it wrote".to_owned());
    }
    for wrong in nodes(gating, write) {
        findings.push(Finding::of_job(RECORD, wrong, write.line));
    }
    findings
}

/// That a step is the record's script, told nothing but what it asks for.
fn writes(gating: &Gating<'_, '_>, step: &Step) -> Result<(), String> {
    let is_fixed = step.runtime_script() == Some(Script::RecordRun);
    if !is_fixed || step.node.get("if").is_some() || step.node.get("working-directory").is_some() {
        return Err("it does not run the record's script".to_owned());
    }
    let entry = !inputs(gating.pipeline).is_empty();
    let inputs = entry || gating.pipeline.events().contains(&Event::Manual);
    let told = step.node.get("env").map(Yaml::entries).unwrap_or_default();
    for (name, value) in told {
        let text = value.text().unwrap_or_default();
        let right = match name.as_str() {
            "GH_TOKEN" => is_expression(text, "github.token"),
            "NEEDS" => is_expression(text, "toJSON(needs)"),
            "INPUTS" => inputs && is_expression(text, "toJSON(inputs)"),
            "PIPELINE" => step.literal_env("PIPELINE").as_ref() == Some(&gating.pipeline.name),
            "RECORD" => Template::of(text) == Template::of("${{ runner.temp }}/record.json"),
            "NODES" => true,
            _ => false,
        };
        if !right {
            return Err(format!("its `{name}` is something else"));
        }
    }
    if told.len() != 5 + usize::from(inputs) {
        return Err("it is not told all it needs".to_owned());
    }
    Ok(())
}

fn is_expression(text: &str, wanted: &str) -> bool {
    Template::of(text) == Template::of(&format!("${{{{ {wanted} }}}}"))
}

fn keeps(gating: &Gating<'_, '_>, step: &Step) -> bool {
    let text = |name: &str| step.with(name).and_then(Yaml::text).map(str::to_owned);
    let uses = step.node.get("uses").and_then(Yaml::text);
    let known = uses.is_some_and(|uses| super::pins::is_known(uses, &gating.program.lock));
    step.action() == Some("actions/upload-artifact")
        && known
        && step.node.get("if").is_none()
        && step.node.get("env").is_none()
        && text("name").as_deref() == Some(RECORD)
        && text("path").and_then(|path| Template::of(&path)) == Template::of("${{ runner.temp }}/record.json")
        && step.with("overwrite").map(|node| node.value.clone()) == Some(Value::Bool(true))
        && text("if-no-files-found").as_deref() == Some("error")
        && step.node.get("with").map_or(0, |with| with.entries().len()) == 4
}

/// A line of NODES: what it does not say is empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line<'l> {
    place: Option<u64>,
    #[serde(borrow)]
    job: Cow<'l, str>,
    #[serde(borrow)]
    name: Cow<'l, str>,
    #[serde(borrow)]
    node: Cow<'l, str>,
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
}

/// What is said at all is no `null`.
fn said<'d, D: Deserializer<'d>, T: Deserialize<'d>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Every difference between NODES and the pipeline.
fn nodes(gating: &Gating<'_, '_>, step: &Step) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for line in step.literal_env("NODES").unwrap_or_default().lines() {
        // A list of the same values would be read as a line too, but not by the script.
        let is_list = line.trim_start().starts_with('[');
        let line: Line<'_> = match serde_json::from_str(line) {
            Ok(_) if is_list => {
                wrong.push("a line of its `NODES` tells of no node".to_owned());
                continue;
            }
            Ok(line) => line,
            Err(error) => {
                let what = if error.is_data() { "tells of no node" } else { "is no JSON" };
                wrong.push(format!("a line of its `NODES` {what}"));
                continue;
            }
        };
        let job = gating.workflow.job(&line.job);
        let Some((job, node)) = job.and_then(|job| Some((job, gating.source.node_of(&job.id)?))) else {
            wrong.push(format!("it tells of `{}`, which is no node's job", line.job));
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
        let placed = line.place == u64::try_from(node.id.0).ok();
        if !same || !placed || Some(&*line.stage) != stage || line.node != node.name {
            wrong.push(format!("it tells of `{}` what it is not", job.id));
        }
        if !is_shown_as(job, node, &line.name) {
            wrong.push(format!("it knows `{}` by another name than GitHub", job.id));
        }
        if !told.insert(job.id.clone()) {
            wrong.push(format!("it tells of `{}` twice", job.id));
        }
    }
    for job in &gating.workflow.jobs {
        if gating.source.node_of(&job.id).is_some() && !told.contains(&job.id) {
            wrong.push(format!("it does not tell of `{}`", job.id));
        }
    }
    wrong
}

/// The job that may override the node this job stands for, if it is one that runs on reviewed code.
fn overridden_by<'g>(gating: &'g Gating<'_, '_>, node: &Node, job: &Job) -> &'g str {
    let asks = super::overrides::job_of(gating, node);
    let trusted = || !is_untrusted_only(gating, job);
    asks.filter(|_| trusted()).map_or("", |other| other.id.as_str())
}

/// Whether GitHub shows a job under this name, or each of its legs under this name with the leg behind.
fn is_shown_as(job: &Job, node: &Node, name: &str) -> bool {
    super::matrix::instances(node, job, &mut Vec::new()).iter().all(|instance| {
        let given = instance.job.node.get("name");
        let shown = given.map_or_else(|| Some(job.id.clone()), literal).unwrap_or_default();
        match instance.leg {
            None => shown == name,
            Some(_) => {
                shown.strip_prefix(name).is_some_and(|leg| leg.starts_with(" (") && leg.ends_with(')'))
            }
        }
    })
}
