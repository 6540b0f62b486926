//! The actions that the emitted workflows call on the compiler's own account, by commit.

use crate::catalogue;
use pipec_ir::PinnedAction;
use std::collections::{BTreeMap, BTreeSet};

/// An action at the newest commit that the catalogue has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pin(&'static str);

impl Pin {
    /// The entry of the catalogue; one without a name, which the engine model refuses, if it had none.
    pub(crate) fn action(&self) -> &'static PinnedAction {
        catalogue::versions(self.0).next().unwrap_or(&NOTHING)
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

pub(crate) static CHECKOUT: Pin = Pin("actions/checkout");
pub(crate) static CACHE_RESTORE: Pin = Pin("actions/cache/restore");
pub(crate) static CACHE_SAVE: Pin = Pin("actions/cache/save");
pub(crate) static UPLOAD_ARTIFACT: Pin = Pin("actions/upload-artifact");
pub(crate) static DOWNLOAD_ARTIFACT: Pin = Pin("actions/download-artifact");
pub(crate) static AWS_CREDENTIALS: Pin = Pin("aws-actions/configure-aws-credentials");
pub(crate) static AZURE_LOGIN: Pin = Pin("Azure/login");
pub(crate) static GOOGLE_AUTH: Pin = Pin("google-github-actions/auth");

pub(crate) static SETUP_GO: Pin = Pin("actions/setup-go");
pub(crate) static SETUP_HELM: Pin = Pin("Azure/setup-helm");
pub(crate) static SETUP_JAVA: Pin = Pin("actions/setup-java");
pub(crate) static SETUP_KUBECTL: Pin = Pin("Azure/setup-kubectl");
pub(crate) static SETUP_NODE: Pin = Pin("actions/setup-node");
pub(crate) static SETUP_PNPM: Pin = Pin("pnpm/action-setup");
pub(crate) static SETUP_PYTHON: Pin = Pin("actions/setup-python");
pub(crate) static SETUP_TERRAFORM: Pin = Pin("hashicorp/setup-terraform");
pub(crate) static SETUP_UV: Pin = Pin("astral-sh/setup-uv");

pub(crate) static UPLOAD_SARIF: Pin = Pin("github/codeql-action/upload-sarif");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_in_the_catalogue() {
        for pin in ALL {
            assert_eq!(pin.action().name, pin.0);
        }
    }
}
