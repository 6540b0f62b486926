//! Images: recorded from the layout of the scripts, and pushed with the recorded digest.
//!
//! ```yaml
//! - name: Push web             # after `Record web`, whose id is `record`
//!   env:
//!     NAME: ghcr.io/acme/web
//!     DIGEST: sha256:0000…     # not ${{ steps.record.outputs.digest }}, a finding:
//!                              # "it records or pushes another image, or as another"
//! ```

use super::{Check, Kind};
use crate::values::{image_layout, scratch};
use pipec_ir::{Login, Provider};
use pipec_model::{Credential, Does, Leaves, Part, SignIn, Step, Value};
use pipec_runtime::names::REGISTRY;
use pipec_runtime::{PushForm, Script};

impl Check<'_, '_, '_> {
    /// Checks the values of the steps of an image.
    pub(super) fn image_step(&mut self, kind: &Kind, step: &Step) {
        let is_given = |name: &str, wanted: &Value| step.env(name).is_some_and(|given| given.is(wanted));
        let is_layout = |name: &str| is_given(name, &image_layout());
        let same = match kind {
            Kind::Runtime(Script::ImageFolder) => is_layout("PIPE_IMAGE_LAYOUT"),
            Kind::Runtime(Script::RecordImage) => {
                is_layout("LAYOUT") && is_given("PACKED", &scratch(format!("{}.tar", self.node.name)))
            }
            _ => is_layout("LAYOUT") && self.pushes(step),
        };
        if !same {
            self.differs("it records or pushes another image, or as another", step.line);
        }
    }

    /// Whether the step pushes the recorded image. It needs the name of the source and the credentials of its registry.
    fn pushes(&self, step: &Step) -> bool {
        let Some(image) = self.node.image() else { return false };
        let recorded = self.steps().iter().filter(|other| other.runs(Script::RecordImage));
        let digests: Vec<Value> = recorded
            .filter_map(|step| step.id.clone())
            .map(|step| Value::of([Part::StepOutput { step, output: "digest".to_owned() }]))
            .collect();
        step.env_literal("NAME") == Some(image)
            && step.env("DIGEST").is_some_and(|digest| digests == [digest.clone()])
            && self.has_login(image, step)
    }

    /// Whether the push logs in as the source says, and with nothing else.
    fn has_login(&self, image: &str, step: &Step) -> bool {
        let is_given = |name: &str, wanted: Part| step.env(name).is_some_and(|given| given.is_part(&wanted));
        let got = |name: &str, got| is_given(name, Part::OfLogin { step: REGISTRY.to_owned(), got });
        let Some(registry) = self.gating.program.registry_of(image) else {
            return step.env("REGISTRY_USER").is_none() && is_given("REGISTRY_PASSWORD", Part::Token);
        };
        match &registry.login {
            Login::Password { user, password } => {
                is_given("REGISTRY_USER", Part::Secret(user.clone()))
                    && is_given("REGISTRY_PASSWORD", Part::Secret(password.clone()))
            }
            Login::Identity(identity) => match identity.provider {
                Provider::Aws => {
                    step.env_literal("AWS_REGION") == registry.region()
                        && got("AWS_ACCESS_KEY_ID", Credential::AccessKeyId)
                        && got("AWS_SECRET_ACCESS_KEY", Credential::SecretAccessKey)
                        && got("AWS_SESSION_TOKEN", Credential::SessionToken)
                }
                Provider::Google => {
                    step.env_literal("REGISTRY_USER") == Some("oauth2accesstoken")
                        && got("REGISTRY_PASSWORD", Credential::Token)
                }
                Provider::Azure => true,
                Provider::Oidc => false,
            },
        }
    }

    /// How the node's push logs in.
    pub(super) fn push_form(&self) -> PushForm {
        match self.gating.program.login_identity_of(self.node).map(|identity| identity.provider) {
            Some(Provider::Aws) => PushForm::Amazon,
            Some(Provider::Azure) => PushForm::Azure,
            _ => PushForm::Password,
        }
    }

    /// Checks that the job logs in to the registry of its image as the source says.
    pub(super) fn registry_login(&mut self, step: &Step) {
        let registry = self.gating.program.registry_for(self.node);
        let wanted = registry.and_then(|registry| {
            let identity = registry.identity()?;
            Some(SignIn {
                provider: identity.provider,
                role: Some(identity.role.clone()),
                region: registry.region().map(str::to_owned),
                leaves: match identity.provider {
                    Provider::Azure => Leaves::Session,
                    _ => Leaves::Outputs,
                },
            })
        });
        if !matches!(&step.does, Does::SignIn(login) if Some(login) == wanted.as_ref()) {
            self.differs("it logs in to another registry, or as another", step.line);
        }
    }
}
