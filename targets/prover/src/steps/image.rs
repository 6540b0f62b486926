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
use pipec_model::{Part, Step, Value};
use pipec_runtime::Script;

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
        let is_given = |name: &str, wanted: Part| step.env(name).is_some_and(|given| given.is_part(&wanted));
        let has_credentials = match self.gating.program.registry_of(image) {
            Some(registry) => {
                is_given("REGISTRY_USER", Part::Secret(registry.user.clone()))
                    && is_given("REGISTRY_PASSWORD", Part::Secret(registry.password.clone()))
            }
            None => step.env("REGISTRY_USER").is_none() && is_given("REGISTRY_PASSWORD", Part::Token),
        };
        step.env_literal("NAME") == Some(image)
            && step.env("DIGEST").is_some_and(|digest| digests == [digest.clone()])
            && has_credentials
    }
}
