//! The permissions of a job's token: one for each purpose, with its reason.
//!
//! For example, `Approvals` becomes
//!
//! ```yaml
//! permissions:
//!   actions: read # who approved this run
//! ```

use super::identities::cloud;
use crate::document::Permissions;
use pipec_ir::Right;
use pipec_lowering::TokenUse;

/// The permissions that a job needs.
pub(super) fn permissions(token: &[TokenUse<'_>]) -> Permissions {
    let mut permissions = Permissions::default();
    token.iter().for_each(|purpose| add(&mut permissions, *purpose));
    permissions
}

fn add(permissions: &mut Permissions, purpose: TokenUse<'_>) {
    match purpose {
        TokenUse::Checkout => permissions.read("contents", "checkout"),
        TokenUse::History => permissions.read("contents", "the history, to see what changed"),
        TokenUse::BranchHead => {
            permissions.read("contents", "the head of the branch, to compare an override with");
        }
        TokenUse::GreenRun => permissions.read("actions", "the last green run of this branch"),
        TokenUse::Approvals => permissions.read("actions", "who approved this run"),
        TokenUse::Author => {
            permissions.read("contents", "who wrote what is deployed");
            permissions.read("deployments", "since when what is deployed is new");
        }
        TokenUse::Deployed => {
            permissions.read("actions", "which runs deployed before");
            permissions.read("deployments", "what was deployed before");
        }
        TokenUse::Descent => permissions.read("contents", "how commits descend from each other"),
        TokenUse::RecordDeployment => permissions.write("deployments", "records what it has deployed"),
        TokenUse::PullRequest => {
            permissions.read("pull-requests", "whether the pull request still wants it");
        }
        TokenUse::Times => permissions.read("actions", "when each job ran"),
        TokenUse::Previews => {
            permissions.read("actions", "for which pull request a deploy was");
            permissions.read("deployments", "what was deployed");
            permissions.read("pull-requests", "which pull requests are closed");
        }
        TokenUse::ForgetPreviews => permissions.write("deployments", "takes what is gone off the list"),
        TokenUse::Right(right) => add_right(permissions, right),
        TokenUse::CodeScanning => {
            permissions.write("security-events", "report sarif");
            permissions.read("actions", "report sarif: code scanning asks for the run");
        }
        TokenUse::Identity(identity) => {
            permissions.write("id-token", format!("proves to {} which job this is", cloud(identity)));
        }
        TokenUse::PushImage => permissions.write("packages", "pushes the image"),
    }
}

/// Adds what `may write` asks for.
fn add_right(permissions: &mut Permissions, right: Right) {
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
