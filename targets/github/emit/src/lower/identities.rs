//! Federated identities: a job proves its identity to a cloud, and gets short-lived credentials.
//!
//! For example, `identity aws "arn:aws:iam::1:role/deploy"` becomes
//!
//! ```yaml
//! - name: Log in to AWS
//!   uses: aws-actions/configure-aws-credentials@…
//!   with:
//!     role-to-assume: arn:aws:iam::1:role/deploy
//!     aws-region: us-east-1
//! ```

use super::Lowering;
use crate::document::{Input, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::{Identity, Provider, Registry};
use pipec_lowering::RegistryCredential;

impl Lowering<'_> {
    /// The step that takes on an identity. A literal `AWS_REGION` among the variables is its region.
    pub(super) fn identity_step(
        &self,
        title: String,
        identity: &Identity,
        variables: &[(String, Template)],
    ) -> Option<Step> {
        let text = |value: &str| Input::Text(Template::text(value.to_owned()));
        let role = identity.role.as_str();
        match identity.provider {
            Provider::Aws => {
                let region = variables
                    .iter()
                    .find(|(name, _)| name == "AWS_REGION")
                    .and_then(|(_, value)| value.as_text())
                    .unwrap_or_else(|| identity.default_region());
                Some(Step::uses(title, &pins::AWS_CREDENTIALS, of_aws(role, region)))
            }
            Provider::Azure => {
                let mut inputs = Vec::new();
                match role.split('/').collect::<Vec<_>>().as_slice() {
                    [tenant, client] => {
                        inputs.push(("tenant-id", text(tenant)));
                        inputs.push(("client-id", text(client)));
                        inputs.push(("allow-no-subscriptions", Input::Flag(true)));
                    }
                    [tenant, subscription, client] => {
                        inputs.push(("tenant-id", text(tenant)));
                        inputs.push(("subscription-id", text(subscription)));
                        inputs.push(("client-id", text(client)));
                    }
                    _ => {
                        self.internal(&identity.origin, format!("`{role}` is no identity of Azure"));
                        return None;
                    }
                }
                Some(Step::uses(title, &pins::AZURE_LOGIN, inputs))
            }
            Provider::Google => {
                let inputs = vec![("workload_identity_provider", text(role))];
                Some(Step::uses(title, &pins::GOOGLE_AUTH, inputs))
            }
            // The scripts ask for the token themselves, in the audience's name.
            Provider::Oidc => None,
        }
    }
}

impl Lowering<'_> {
    /// The step that signs in for a push. Only the push gets what it gets, because no variable of the job holds it.
    pub(super) fn registry_step(&self, title: String, registry: &Registry) -> Option<Step> {
        let identity = registry.identity()?;
        let flags = |flags: [(&'static str, bool); 2]| flags.map(|(name, on)| (name, Input::Flag(on)));
        match identity.provider {
            Provider::Aws => {
                let region = registry.region().unwrap_or_else(|| identity.default_region());
                let mut inputs = of_aws(&identity.role, region);
                inputs.extend(flags([("output-credentials", true), ("output-env-credentials", false)]));
                Some(Step::uses(title, &pins::AWS_CREDENTIALS, inputs))
            }
            Provider::Google => {
                let role = Input::Text(Template::text(identity.role.clone()));
                let mut inputs = vec![("workload_identity_provider", role)];
                inputs.extend(flags([
                    ("create_credentials_file", false),
                    ("export_environment_variables", false),
                ]));
                Some(Step::uses(title, &pins::GOOGLE_AUTH, inputs))
            }
            Provider::Azure | Provider::Oidc => self.identity_step(title, identity, &[]),
        }
    }
}

fn of_aws(role: &str, region: &str) -> Vec<(&'static str, Input)> {
    let text = |value: &str| Input::Text(Template::text(value.to_owned()));
    vec![("role-to-assume", text(role)), ("aws-region", text(region))]
}

/// The output of the action that signs in for a push.
///
/// A token of Google is the federated one: the identity names no service account.
pub(super) fn output(credential: RegistryCredential) -> &'static str {
    match credential {
        RegistryCredential::AccessKeyId => "aws-access-key-id",
        RegistryCredential::SecretAccessKey => "aws-secret-access-key",
        RegistryCredential::SessionToken => "aws-session-token",
        RegistryCredential::Token => "auth_token",
    }
}

/// The name that people know a provider by.
pub(super) fn cloud(identity: &Identity) -> &str {
    match identity.provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::Google => "Google Cloud",
        Provider::Oidc => &identity.role,
    }
}
