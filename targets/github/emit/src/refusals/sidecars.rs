//! Sidecars that GitHub can't start beside a job.

use super::Refusals;
use crate::lower::runners::is_linux;
use pipec_base::codes;
use pipec_ir::{Fact, Node, Piece, StepKind};

impl Refusals<'_> {
    /// Refuses what GitHub's services can't do.
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

/// Whether the scripts of a node run in an image.
fn is_in_container(node: &Node) -> bool {
    node.runners().first().is_some_and(|runner| runner.image.is_some())
}
