//! The actions that the emitted workflows call on the compiler's own account, by commit.

use pipec_github_catalogue as catalogue;
use pipec_ir::PinnedAction;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// An action at the newest commit that the catalogue has.
#[derive(Debug)]
pub(crate) struct Pin {
    name: &'static str,
    action: OnceLock<&'static PinnedAction>,
}

impl Pin {
    const fn new(name: &'static str) -> Pin {
        Pin { name, action: OnceLock::new() }
    }

    /// The entry of the catalogue.
    ///
    /// If there is none, it is an entry without a name, which the engine model refuses.
    pub(crate) fn action(&self) -> &'static PinnedAction {
        self.action.get_or_init(|| catalogue::versions(self.name).next().unwrap_or(&NOTHING))
    }
}

static NOTHING: PinnedAction = PinnedAction {
    name: String::new(),
    version: String::new(),
    commit: String::new(),
    inputs: BTreeMap::new(),
    outputs: BTreeSet::new(),
};

/// Every pin there is.
#[cfg(test)]
static ALL: &[&Pin] = &[
    &CHECKOUT,
    &CACHE_RESTORE,
    &CACHE_SAVE,
    &UPLOAD_ARTIFACT,
    &DOWNLOAD_ARTIFACT,
    &AWS_CREDENTIALS,
    &AZURE_LOGIN,
    &GOOGLE_AUTH,
    &SETUP_GO,
    &SETUP_HELM,
    &SETUP_JAVA,
    &SETUP_KUBECTL,
    &SETUP_NODE,
    &SETUP_PNPM,
    &SETUP_PYTHON,
    &SETUP_TERRAFORM,
    &SETUP_UV,
    &UPLOAD_SARIF,
];

pub(crate) static CHECKOUT: Pin = Pin::new("actions/checkout");
pub(crate) static CACHE_RESTORE: Pin = Pin::new("actions/cache/restore");
pub(crate) static CACHE_SAVE: Pin = Pin::new("actions/cache/save");
pub(crate) static UPLOAD_ARTIFACT: Pin = Pin::new("actions/upload-artifact");
pub(crate) static DOWNLOAD_ARTIFACT: Pin = Pin::new("actions/download-artifact");
pub(crate) static AWS_CREDENTIALS: Pin = Pin::new("aws-actions/configure-aws-credentials");
pub(crate) static AZURE_LOGIN: Pin = Pin::new("Azure/login");
pub(crate) static GOOGLE_AUTH: Pin = Pin::new("google-github-actions/auth");

pub(crate) static SETUP_GO: Pin = Pin::new("actions/setup-go");
pub(crate) static SETUP_HELM: Pin = Pin::new("Azure/setup-helm");
pub(crate) static SETUP_JAVA: Pin = Pin::new("actions/setup-java");
pub(crate) static SETUP_KUBECTL: Pin = Pin::new("Azure/setup-kubectl");
pub(crate) static SETUP_NODE: Pin = Pin::new("actions/setup-node");
pub(crate) static SETUP_PNPM: Pin = Pin::new("pnpm/action-setup");
pub(crate) static SETUP_PYTHON: Pin = Pin::new("actions/setup-python");
pub(crate) static SETUP_TERRAFORM: Pin = Pin::new("hashicorp/setup-terraform");
pub(crate) static SETUP_UV: Pin = Pin::new("astral-sh/setup-uv");

pub(crate) static UPLOAD_SARIF: Pin = Pin::new("github/codeql-action/upload-sarif");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_in_the_catalogue() {
        for pin in ALL {
            assert_eq!(pin.action().name, pin.name);
        }
    }
}
