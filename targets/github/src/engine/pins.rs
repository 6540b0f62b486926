//! The actions that may stand behind `uses` on the compiler's own account, by commit (trap 22): those of the catalogue and
//! of the lock.

use crate::catalogue;
use pipec_ir::{PinnedAction, Pins};

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
