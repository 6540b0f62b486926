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
use pipec_ir::{Identity, Provider};

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
                let inputs = vec![("role-to-assume", text(role)), ("aws-region", text(region))];
                Some(Step::uses(title, &pins::AWS_CREDENTIALS, inputs))
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

/// The name that people know a provider by.
pub(super) fn cloud(identity: &Identity) -> &str {
    match identity.provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::Google => "Google Cloud",
        Provider::Oidc => &identity.role,
    }
}
