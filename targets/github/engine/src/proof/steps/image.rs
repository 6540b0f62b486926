//! Images: recorded from the one layout that the scripts are told of, and pushed as what was recorded.

use super::{Check, Kind};
use crate::proof::values;
use crate::read::workflow::Step;
use crate::read::workflow::path_of;
use pipec_runtime::Script;

impl Check<'_, '_, '_> {
    /// What the steps of an image are told.
    pub(super) fn image_step(&mut self, kind: &Kind, step: &Step) {
        let is_layout = |name: &str| values::is(step.env(name), values::LAYOUT);
        let same = match kind {
            Kind::Runtime(Script::ImageFolder) => is_layout("PIPE_IMAGE_LAYOUT"),
            Kind::Runtime(Script::RecordImage) => {
                let packed = format!("${{{{ runner.temp }}}}/{}.tar", self.node.name);
                is_layout("LAYOUT") && values::is(step.env("PACKED"), &packed)
            }
            _ => is_layout("LAYOUT") && self.pushes(step),
        };
        if !same {
            self.differs("it records or pushes another image, or as another", step.line);
        }
    }

    /// Whether the step pushes what was recorded, under the name of the source, with the credentials of its registry.
    fn pushes(&self, step: &Step) -> bool {
        let Some(image) = self.node.image() else { return false };
        let recorded =
            self.job.steps.iter().filter(|other| other.runtime_script() == Some(Script::RecordImage));
        let digests: Vec<String> = recorded
            .filter_map(|step| step.id.as_ref())
            .map(|id| format!("steps.{id}.outputs.digest"))
            .collect();
        let user = path_of(step.env("REGISTRY_USER"));
        let password = path_of(step.env("REGISTRY_PASSWORD"));
        let credentials = match self.gating.program.registry_of(image) {
            Some(registry) => {
                user == Some(format!("secrets.{}", registry.user))
                    && password == Some(format!("secrets.{}", registry.password))
            }
            None => step.env("REGISTRY_USER").is_none() && password.as_deref() == Some("github.token"),
        };
        step.literal_env("NAME").as_deref() == Some(image)
            && path_of(step.env("DIGEST")).is_some_and(|digest| digests == [digest])
            && credentials
    }
}
