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
use pipec_lowering::Credential;
use pipec_lowering::acts::Reach;

impl Lowering<'_> {
    /// The step that takes on an identity. A literal `AWS_REGION` among the variables is its region.
    pub(super) fn identity_step(
        &self,
        title: String,
        identity: &Identity,
        reach: Reach,
        variables: &[(String, Template)],
    ) -> Option<Step> {
        let role = identity.role.as_str();
        match identity.provider {
            Provider::Aws => {
                let region = variables
                    .iter()
                    .find(|(name, _)| name == "AWS_REGION")
                    .and_then(|(_, value)| value.as_text())
                    .unwrap_or_else(|| identity.default_region());
                Some(aws_step(title, role, region, reach))
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
            Provider::Google => Some(google_step(title, role, reach, [])),
            // The scripts ask for the token themselves, in the audience's name.
            Provider::Oidc => None,
        }
    }
}

impl Lowering<'_> {
    /// The step that signs in for a push. Only the push gets what it gets, because no variable of the job holds it.
    pub(super) fn registry_step(&self, title: String, registry: &Registry) -> Option<Step> {
        let identity = registry.identity()?;
        match identity.provider {
            Provider::Aws => {
                let region = registry.region().unwrap_or_else(|| identity.default_region());
                Some(aws_step(title, &identity.role, region, Reach::Given))
            }
            Provider::Google => {
                let inputs = [("create_credentials_file", Input::Flag(false))];
                Some(google_step(title, &identity.role, Reach::Given, inputs))
            }
            Provider::Azure | Provider::Oidc => self.identity_step(title, identity, Reach::Given, &[]),
        }
    }
}

/// The step that logs in to AWS. Variables of the job hold what it gets, or only its outputs.
fn aws_step(title: String, role: &str, region: &str, reach: Reach) -> Step {
    let mut inputs = vec![("role-to-assume", text(role)), ("aws-region", text(region))];
    if reach == Reach::Given {
        inputs.push(("output-credentials", Input::Flag(true)));
        inputs.push(("output-env-credentials", Input::Flag(false)));
    }
    Step::uses(title, &pins::AWS_CREDENTIALS, inputs)
}

/// The step that logs in to Google Cloud. Variables of the job name its file, or only its outputs do.
fn google_step<const N: usize>(
    title: String,
    role: &str,
    reach: Reach,
    more: [(&'static str, Input); N],
) -> Step {
    let mut inputs = vec![("workload_identity_provider", text(role))];
    inputs.extend(more);
    if reach == Reach::Given {
        inputs.push(("export_environment_variables", Input::Flag(false)));
    }
    Step::uses(title, &pins::GOOGLE_AUTH, inputs)
}

fn text(value: &str) -> Input {
    Input::Text(Template::text(value.to_owned()))
}

/// The output of an action that signs in.
///
/// A token of Google is the federated one: the identity names no service account.
pub(super) fn output(credential: Credential) -> &'static str {
    match credential {
        Credential::AccessKeyId => "aws-access-key-id",
        Credential::SecretAccessKey => "aws-secret-access-key",
        Credential::SessionToken => "aws-session-token",
        Credential::Token => "auth_token",
        Credential::File => "credentials_file_path",
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
