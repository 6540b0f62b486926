//! The actions that may stand behind `uses` on the compiler's own account, by commit (trap 22): those of the catalogue and
//! of the lock.

use crate::proof::gating::Gating;
use crate::read::workflow::Step;
use pipec_github_catalogue as catalogue;
use pipec_ir::{PinnedAction, Pins, Provider};

/// Whether it is an action at one of its known commits.
pub(crate) fn is_known(uses: &str, lock: &Pins) -> bool {
    let Some((name, commit)) = uses.split_once('@') else { return false };
    let is_it = |known: &PinnedAction| known.name.eq_ignore_ascii_case(name) && known.commit == commit;
    lock.actions.iter().any(is_it) || catalogue::versions(name).any(is_it)
}

/// Whether the action takes on an identity.
pub(crate) fn is_identity(action: &str) -> bool {
    matches!(action, "aws-actions/configure-aws-credentials" | "Azure/login" | "google-github-actions/auth")
}

/// What the actions are told that take on an identity.
pub(crate) const SIGNS_IN_WITH: [&str; 7] = [
    "role-to-assume",
    "aws-region",
    "tenant-id",
    "client-id",
    "subscription-id",
    "allow-no-subscriptions",
    "workload_identity_provider",
];

/// The identity that a step takes on: its provider and role.
pub(crate) fn signs_in_as(step: &Step) -> Option<(Provider, String)> {
    let given = |name: &str| step.literal_with(name);
    match step.action()? {
        "aws-actions/configure-aws-credentials" => Some((Provider::Aws, given("role-to-assume")?)),
        "Azure/login" => {
            let parts = [given("tenant-id"), given("subscription-id"), given("client-id")];
            Some((Provider::Azure, parts.into_iter().flatten().collect::<Vec<_>>().join("/")))
        }
        "google-github-actions/auth" => Some((Provider::Google, given("workload_identity_provider")?)),
        _ => None,
    }
}

/// Whether an image of the output is the one of the source.
pub(crate) fn is_image(gating: &Gating<'_, '_>, given: &str, wanted: &str) -> bool {
    match pipec_github_catalogue::image_digest(wanted, &gating.program.lock).filter(|_| !wanted.contains('@'))
    {
        Some(digest) => given == format!("{wanted}@{digest}"),
        None => given == wanted,
    }
}
