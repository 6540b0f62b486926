//! Sidecars: services of a job, awaited before its scripts.

use super::Lowering;
use super::runners::is_linux;
use crate::document::{Service, Step};
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Fact, Node, Piece, Sidecar, StepKind};
use pipec_lowering::Unit;
use pipec_runtime::{Dialect, Script};
use std::borrow::Cow;

/// Where the ports of containers are on the machine. It is no name: some clients take `localhost` for a socket.
const MACHINE: &str = "127.0.0.1";

impl Lowering<'_> {
    /// The services of a job.
    pub(super) fn services(&self, node: &Node, unit: &Unit) -> Vec<Service> {
        let service = |sidecar: &Sidecar| Service {
            name: sidecar.name.clone(),
            image: self.pinned_image(&sidecar.image),
            env: sidecar
                .env
                .iter()
                .map(|binding| (binding.variable.clone(), self.value(&binding.value, unit)))
                .collect(),
            port: sidecar.port.map(|port| (sidecar.at, port)),
        };
        node.body.sidecars.iter().map(service).collect()
    }

    /// Where each sidecar is: in a container beside the others by its name and port, else by a port of the machine.
    pub(super) fn sidecar_variables(&self, node: &Node) -> Vec<(String, Template)> {
        let mut variables = Vec::new();
        for sidecar in &node.body.sidecars {
            let stem = sidecar.name.to_ascii_uppercase().replace('-', "_");
            let is_inside = is_in_container(node);
            let host = if is_inside { sidecar.name.clone().into() } else { Cow::Borrowed(MACHINE) };
            variables.push((format!("{stem}_HOST"), Template::text(host)));
            if let Some(port) = sidecar.port {
                let value = match sidecar.at {
                    _ if is_inside => Template::text(port.to_string()),
                    Some(at) => Template::text(at.to_string()),
                    None => Template::expression(format!("job.services.{}.ports['{port}']", sidecar.name)),
                };
                variables.push((format!("{stem}_PORT"), value));
            }
        }
        variables
    }

    /// The steps that wait for sidecars.
    pub(super) fn ready_steps(&self, node: &Node) -> Vec<Step> {
        let awaited = node.body.sidecars.iter().filter_map(|sidecar| {
            let script = sidecar.ready.as_ref()?.steps.first()?;
            Some(
                Step::run(format!("Wait for {}", sidecar.name), Script::Ready.text(Dialect::GitHub))
                    .with_env("SIDECAR", Template::text(sidecar.name.clone()))
                    .with_env("CONTAINER", Template::expression(format!("job.services.{}.id", sidecar.name)))
                    .with_env("READY", Template::text(script.script.clone())),
            )
        });
        awaited.collect()
    }

    /// What a sidecar asks for and GitHub can't give.
    pub(super) fn check_sidecars(&self, node: &Node) {
        for sidecar in &node.body.sidecars {
            let refuse = |what: &str, help: &str| {
                let message = format!("sidecar `{}` {what} on github", sidecar.name);
                self.error(codes::P1101, &sidecar.origin, message, help);
            };
            if node.runners().into_iter().any(|runner| !is_linux(runner)) {
                refuse(
                    "can't run",
                    "github runs containers only on Linux: write `host linux-x64` or `linux-arm64`",
                );
            }
            self.check_login(&sidecar.image, &sidecar.origin);
            self.check_pinned(&sidecar.image, &sidecar.origin);
            for binding in &sidecar.env {
                let has_it = |piece: &Piece| match piece {
                    Piece::Literal(text) => !text.contains(['\n', '\r']),
                    Piece::Fact(fact) => is_known_before(fact),
                };
                if !binding.value.pieces.iter().all(has_it) {
                    self.error(
                        codes::P1101,
                        &binding.origin,
                        format!(
                            "`{}` can't be passed to sidecar `{}` on github, which starts before the job",
                            binding.variable, sidecar.name
                        ),
                        "use one line that is known before the job: a constant, an input, the commit, the \
                         name of a tag or branch",
                    );
                }
            }
            if let (Some(at), true) = (sidecar.at, is_in_container(node)) {
                refuse(
                    &format!("can't use port {at} of the machine if the scripts run in an image"),
                    "remove `at` and use `$NAME_HOST` and the sidecar's own port, or run this node on the \
                     machine, without an image",
                );
            }
            let Some(ready) = &sidecar.ready else { continue };
            let is_plain = matches!(ready.steps.as_slice(), [only] if only.kind == StepKind::Run);
            if !is_plain || !ready.env.is_empty() {
                refuse(
                    "can have only one script in `ready`",
                    "write `ready run \"…\"`: it runs inside the sidecar, with the sidecar's variables",
                );
            }
            if is_in_container(node) {
                refuse(
                    "can't have `ready` if the scripts run in an image",
                    "remove `ready` and wait in a `run`, or run this node on the machine, without an image",
                );
            }
        }
    }
}

fn is_in_container(node: &Node) -> bool {
    node.runners().first().is_some_and(|runner| runner.image.is_some())
}

/// Whether GitHub knows a fact before the first step of a job.
fn is_known_before(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CommitSha
            | Fact::TagName
            | Fact::BranchName
            | Fact::PullRequestNumber
            | Fact::RunNumber
            | Fact::RunUrl
            | Fact::Input(_)
    )
}
