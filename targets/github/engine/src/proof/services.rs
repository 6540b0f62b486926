//! Sidecars: the services of a job are those of its node, and none starts a script before they are ready.

use crate::proof::gating::Gating;
use crate::proof::pins::is_image;
use crate::proof::values::{self, Expected};
use crate::read::finding::Finding;
use crate::read::text::Text;
use crate::read::workflow::path_of;
use crate::read::workflow::{Job, Step, literal};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Node, Sidecar};
use std::borrow::Cow;

/// Every difference of the services of a job.
pub(crate) fn check(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let wanted = node.map(|node| node.body.sidecars.as_slice()).unwrap_or_default();
    let given = job.node.get("services").map(Yaml::entries).unwrap_or_default();
    let same = given.len() == wanted.len()
        && wanted.iter().all(|sidecar| {
            given.iter().any(|(name, given)| *name == sidecar.name && is_sidecar(gating, job, given, sidecar))
        });
    if !same || (given.is_empty() && job.node.get("services").is_some()) {
        findings.push(Finding::of_job(&job.id, "other services run beside it", job.line));
    }
}

fn is_sidecar(gating: &Gating<'_, '_>, job: &Job, given: &Yaml, sidecar: &Sidecar) -> bool {
    let entries = |key: &str| given.get(key).map(Yaml::entries).unwrap_or_default();
    let image = given.get("image").and_then(literal);
    let env = entries("env");
    let is_told = |(name, value): &(Text, Yaml)| {
        let wanted = sidecar.env.iter().find(|binding| *name == binding.variable);
        wanted.is_some_and(|wanted| {
            values::is_expected(value, &Expected::Text(wanted.value.clone()), gating, job)
        })
    };
    let ports: Vec<String> = match given.get("ports").map(|ports| &ports.value) {
        Some(Value::List(ports)) => ports.iter().filter_map(Yaml::scalar).map(Cow::into_owned).collect(),
        _ => Vec::new(),
    };
    let wanted = sidecar.port.iter().map(|port| match sidecar.at {
        Some(at) => format!("{at}:{port}"),
        None => port.to_string(),
    });
    let wanted: Vec<String> = wanted.collect();
    image.is_some_and(|image| is_image(gating, &image, &sidecar.image))
        && env.len() == sidecar.env.len()
        && env.iter().all(is_told)
        && ports == wanted
        && given.entries().iter().all(|(key, _)| matches!(key.as_str(), "image" | "env" | "ports"))
}

/// Whether a step asks this sidecar, by its own script, whether it is ready.
pub(crate) fn awaits(step: &Step, sidecar: &Sidecar) -> bool {
    let script = sidecar.ready.as_ref().and_then(|ready| ready.steps.first());
    let container = path_of(step.env("CONTAINER"));
    step.literal_env("READY").as_ref() == script.map(|script| &script.script)
        && container.as_deref() == Some(format!("job.services.{}.id", sidecar.name).as_str())
}
