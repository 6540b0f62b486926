//! The actions that may stand behind `uses` on the compiler's own account, by commit (trap 22): those of the catalogue.

use crate::catalogue;

/// Whether it is an action at one of its known commits.
pub(crate) fn is_known(uses: &str) -> bool {
    let Some((name, commit)) = uses.split_once('@') else { return false };
    catalogue::versions(name).any(|known| known.name == name && known.commit == commit)
}

/// Whether the action takes on an identity.
pub(crate) fn is_identity(action: &str) -> bool {
    matches!(action, "aws-actions/configure-aws-credentials" | "Azure/login" | "google-github-actions/auth")
}
