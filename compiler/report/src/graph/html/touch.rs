//! What a node may touch: its environments, credentials and rights, and what it gets from other nodes.

use crate::graph::path::DrawnNode;
use pipec_ir::{Program, RunnerHost};

/// Something that a node may touch: what it is, and its name.
pub(super) type Touched = (&'static str, String);

/// The environment, credentials and rights of a node. The platform gives it no other.
pub(super) fn authority(program: &Program, drawn: &DrawnNode<'_>) -> Vec<Touched> {
    let node = drawn.node;
    let mut all: Vec<Touched> = Vec::new();
    if let Some(environment) = drawn.environment {
        let tier = environment.tier.word();
        all.push(("environment", format!("{}, of tier {tier}", environment.name)));
    }
    for secret in program.secrets_of(node) {
        let form = if secret.file { ", as a file" } else { "" };
        all.push(("secret", format!("{}{form}", secret.variable)));
    }
    all.extend(program.identities_of(node).map(|it| ("identity", format!("{} {}", it.provider, it.role))));
    all.extend(node.body.rights.iter().map(|(right, _)| ("may write", right.word().to_owned())));
    if let Some(image) = node.image() {
        let login =
            program.registry_for(node).map(|registry| format!(", with the login to {}", registry.prefix));
        all.push(("pushes", format!("the image {image}{}", login.unwrap_or_default())));
    }
    all
}

/// What a node gets beside the commit: values of environments, artefacts, caches.
pub(super) fn inputs(drawn: &DrawnNode<'_>) -> Vec<Touched> {
    let body = &drawn.node.body;
    let values = body.reads.iter().map(|(name, _)| ("reads", format!("values of {name}")));
    let artefacts = body.uses.iter().map(|(name, _)| ("gets", format!("the artefact {name}")));
    let caches = body.caches.iter().map(|cache| ("gets", format!("the cache {}", cache.path)));
    values.chain(artefacts).chain(caches).collect()
}

/// Where a node runs: "linux-x64, in the image postgres:17, with docker".
pub(super) fn machine(drawn: &DrawnNode<'_>) -> String {
    let runner = &drawn.node.body.runner;
    let host: RunnerHost = runner.host;
    let mut text = match runner.name.as_str() {
        "" => host.word().to_owned(),
        name => format!("{name} ({})", host.word()),
    };
    if let Some((image, _)) = &runner.image {
        text.push_str(&format!(", in the image {image}"));
    }
    text
}
