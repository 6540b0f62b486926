//! What a job's token may do: the union of what its clauses need, each with its reason.

use crate::document::Permissions;
use pipec_ir::{Body, Right};

/// Adds what `may write` asks for.
pub(super) fn add_rights(body: &Body, permissions: &mut Permissions) {
    for (right, _) in &body.rights {
        let why = format!("may write {}", right.word());
        match right {
            Right::Releases => permissions.write("contents", why),
            Right::Pages => {
                permissions.write("pages", why.clone());
                permissions.write("id-token", format!("{why}: GitHub Pages asks who deploys"));
            }
            Right::Packages => permissions.write("packages", why),
            Right::Checks => permissions.write("checks", why),
            Right::Issues => permissions.write("issues", why),
            Right::PullRequests => permissions.write("pull-requests", why),
            Right::Discussions => permissions.write("discussions", why),
            Right::Statuses => permissions.write("statuses", why),
            Right::Attestations => {
                permissions.write("attestations", why.clone());
                permissions.write("id-token", format!("{why}: Sigstore asks who signs"));
            }
            Right::SecurityEvents => {
                permissions.write("security-events", why.clone());
                permissions.read("actions", format!("{why}: code scanning asks for the run"));
            }
        }
    }
}
