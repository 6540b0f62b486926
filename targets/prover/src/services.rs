//! Sidecars: the services of a job are those of its node.
//!
//! ```yaml
//! unit:                                              # sidecar postgres { image "postgres:17-alpine" port 5432 … }
//!   services:
//!     postgres:
//!       image: postgres:17-alpine@sha256:742f40ea…   # the image of the source, at the digest of the lock
//!       ports: ["5432:5432"]                         # a finding: "other services run next to it"
//! ```
//!
//! In this source, the engine chooses the port of the machine. If a sidecar has a readiness script, no script of the
//! node starts before that succeeds.

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use crate::values::Scene;
use pipec_claims::TheoremId;
use pipec_ir::{Node, Sidecar};
use pipec_model::Finding;
use pipec_model::{self as model, Given, Job, Part, Step, Value};

/// Every job with other services than its node.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(&[TheoremId::Machines]);
    for job in gating.all_jobs() {
        if !has_its_services(gating, job, gating.source.node_of(&job.id)) {
            ledger.add(broken.clone(), Finding::of_job(&job.id, "other services run next to it", job.line));
        }
    }
}

fn has_its_services(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>) -> bool {
    let wanted = node.map(|node| node.body.sidecars.as_slice()).unwrap_or_default();
    let given = job.sidecars.as_deref().unwrap_or_default();
    let same = given.len() == wanted.len()
        && wanted.iter().all(|sidecar| {
            given.iter().any(|given| {
                given.name == sidecar.name
                    && node.is_some_and(|node| is_sidecar(gating, (job, node), given, sidecar))
            })
        });
    same && (!given.is_empty() || job.sidecars.is_none())
}

fn is_sidecar(
    gating: &Gating<'_, '_>,
    (job, node): (&Job, &Node),
    given: &model::Sidecar,
    wanted: &Sidecar,
) -> bool {
    let scene = Scene { gating, node, job, untrusted: false };
    let is_wanted = |given: &Given| {
        let binding = wanted.env.iter().find(|binding| *given.name == *binding.variable);
        let wanted = binding.and_then(|binding| scene.text(&binding.value));
        wanted.is_some_and(|wanted| given.value.is(&wanted))
    };
    let port = wanted.port.map(|port| match wanted.at {
        Some(at) => format!("{at}:{port}"),
        None => port.to_string(),
    });
    given
        .image
        .as_literal()
        .is_some_and(|image| gating.engine.is_image(image, &wanted.image, &gating.program.lock))
        && given.env.len() == wanted.env.len()
        && given.env.iter().all(is_wanted)
        && given.ports.as_ref().is_some_and(|ports| ports.iter().eq(&port))
        && !given.is_unknown
}

/// Whether a step waits for this sidecar with the sidecar's own script.
pub(crate) fn awaits(step: &Step, sidecar: &Sidecar) -> bool {
    let script = sidecar.ready.as_ref().and_then(|ready| ready.steps.first());
    let container = Value::of([Part::SidecarId(sidecar.name.clone())]);
    step.env_literal("READY") == script.map(|script| script.script.as_str())
        && step.env("CONTAINER").is_some_and(|given| given.is(&container))
        && step.env_literal("SIDECAR") == Some(&sidecar.name)
}
