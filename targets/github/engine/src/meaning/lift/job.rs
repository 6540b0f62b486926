//! Jobs: their waits, rights and services.
//!
//! For example, `permissions: {contents: read}` becomes one scope, and `concurrency: {group: x, queue: max}` a lock
//! that all waiting jobs keep.

use super::leg::legs;
use super::step::given;
use super::value::Lifter;
use crate::read::expression::Expression;
use crate::read::workflow;
use crate::read::yaml::{Node as Yaml, Value as YamlValue};
use pipec_ir::Pins;
use pipec_model::Finding;
use pipec_model::{EnvironmentUse, Job, LockUse, Mentions, Rights, Sidecar, Starts, Waiting};
use std::borrow::Cow;
use std::cell::RefCell;

/// A job as data, with the expressions that only the engine can evaluate.
#[derive(Debug)]
pub(crate) struct LiftedJob {
    pub(crate) job: Job,
    /// The conditions of its steps, by their ids. `None` if GitHub refuses one.
    pub(crate) conditions: Vec<Option<Expression>>,
    /// The expressions without a part of their own: those of `Part::Expression`, by their numbers.
    pub(crate) expressions: Vec<Expression>,
    /// Parts that GitHub refuses, or that this model does not know.
    pub(crate) findings: Vec<Finding>,
}

/// Lifts a job. Actions must be pinned in the catalogue or in `lock`.
///
/// `granted` are the `permissions` of the workflow, for jobs without their own.
pub(crate) fn lift(job: &workflow::Job, granted: Option<&Yaml>, lock: &Pins) -> LiftedJob {
    let expressions = RefCell::default();
    let is_in_container = job.node.get("container").is_some();
    let lifter = Lifter { matrix: &[], in_container: is_in_container, expressions: &expressions };
    let mut findings = Vec::new();
    let mut conditions = vec![Some(Expression::Call("success", Vec::new()))];
    let legs = legs(job, lock, &expressions, &mut conditions, &mut findings);
    let lifted = Job {
        id: job.id.clone(),
        line: job.line,
        waits_for: job.needs.clone(),
        starts: starts(job),
        legs,
        rights: job.node.get("permissions").or(granted).map(rights),
        environment: job.node.get("environment").map(|node| environment(node, &lifter)),
        lock: job.node.get("concurrency").map(|node| lock_use(node, &lifter)),
        timeout: match job.node.get("timeout-minutes").map(|node| &node.value) {
            Some(YamlValue::Number(minutes, _)) => Some(*minutes),
            _ => None,
        },
        ignores_failure: job.node.get("continue-on-error").map(|node| node.value == YamlValue::Bool(true)),
        sidecars: job.node.get("services").map(|node| sidecars(node, &lifter)),
        is_in_container,
        mentions: mentions(job),
    };
    LiftedJob { job: lifted, conditions, expressions: expressions.into_inner(), findings }
}

fn starts(job: &workflow::Job) -> Starts {
    match &job.condition {
        Some(Expression::Call("success", of)) if of.is_empty() => Starts::Plain,
        Some(Expression::Call("always", _)) => Starts::Always,
        _ => Starts::Conditional,
    }
}

/// The rights of a token, from `permissions`.
fn rights(node: &Yaml) -> Rights {
    let scope = |(scope, level): &(crate::read::text::Text, Yaml)| {
        (scope.to_string(), level.text().unwrap_or_default().to_owned())
    };
    Rights {
        scopes: node.entries().iter().map(scope).collect(),
        line: node.line,
        is_unknown: !matches!(node.value, YamlValue::Map(_)),
    }
}

/// The environment of a job. A text is its name.
fn environment(node: &Yaml, lifter: &Lifter<'_>) -> EnvironmentUse {
    if let Some(name) = node.text() {
        let name = Some(name.to_owned());
        return EnvironmentUse {
            name,
            records_deployment: true,
            url: None,
            line: node.line,
            is_unknown: false,
        };
    }
    let deployment = node.get("deployment").map(|node| &node.value);
    let is_known =
        |(key, _): &(crate::read::text::Text, Yaml)| matches!(key.as_str(), "name" | "url" | "deployment");
    EnvironmentUse {
        name: node.get("name").and_then(Yaml::text).map(str::to_owned),
        records_deployment: deployment.is_none(),
        url: node.get("url").map(|url| lifter.value(url)),
        line: node.line,
        is_unknown: !node.entries().iter().all(is_known)
            || deployment.is_some_and(|value| *value != YamlValue::Bool(false)),
    }
}

/// The lock of a job. Without a queue, GitHub drops a waiting job as soon as a newer one waits (trap 15).
fn lock_use(node: &Yaml, lifter: &Lifter<'_>) -> LockUse {
    let is_known = |(key, _): &(crate::read::text::Text, Yaml)| matches!(key.as_str(), "group" | "queue");
    LockUse {
        key: node.get("group").map(|group| lifter.value(group)).unwrap_or_default(),
        waiting: match node.get("queue").map(|queue| queue.text().unwrap_or_default()) {
            Some("max") => Waiting::All,
            None => Waiting::Newest,
            Some(_) => Waiting::Unknown,
        },
        may_cancel: !node.entries().iter().all(is_known),
    }
}

fn sidecars(node: &Yaml, lifter: &Lifter<'_>) -> Vec<Sidecar> {
    let sidecar = |(name, node): &(crate::read::text::Text, Yaml)| {
        let is_known =
            |(key, _): &(crate::read::text::Text, Yaml)| matches!(key.as_str(), "image" | "env" | "ports");
        Sidecar {
            name: name.to_string(),
            image: node.get("image").map(|image| lifter.value(image)).unwrap_or_default(),
            env: given(node.get("env"), lifter),
            ports: match node.get("ports").map(|ports| &ports.value) {
                None => Some(Vec::new()),
                Some(YamlValue::List(ports)) => {
                    ports.iter().map(|port| port.scalar().map(Cow::into_owned)).collect()
                }
                Some(_) => None,
            },
            is_unknown: !node.entries().iter().all(is_known),
        }
    };
    node.entries().iter().map(sidecar).collect()
}

fn mentions(job: &workflow::Job) -> Mentions {
    let mut mentions = Mentions::default();
    let mut add = |node: &Yaml, may_hold_secrets: bool| {
        for (text, line) in node.strings() {
            if !may_hold_secrets && text.leaks() {
                mentions.leaks.push(line);
            }
            if text.mentions_secrets() {
                mentions.secrets.push(line);
            }
            if text.has_expressions() {
                let names_secrets = |expression: &Expression| expression.names("secrets");
                // What names a secret passes it on.
                mentions.reads_secrets |= text
                    .template()
                    .is_none_or(|template| text.leaks() && template.expressions().any(names_secrets));
                mentions.reads_facts |= text.contains("steps.facts.");
            }
        }
    };
    for (key, node) in job.node.entries() {
        if key.as_str() != "steps" {
            add(node, false);
        }
    }
    for (key, node) in job.steps.iter().flat_map(|step| step.node.entries()) {
        add(node, key.as_str() == "env");
    }
    let conditions = job.steps.iter().filter_map(|step| step.node.get("if")?.text());
    mentions.reads_facts |= conditions.into_iter().any(|text| text.contains("steps.facts."));
    mentions
}
