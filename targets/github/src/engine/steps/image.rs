//! Images: recorded from the one layout that the scripts are told of, and pushed as what was recorded.

use super::{Check, Kind};
use crate::engine::fixed::Fixed;
use crate::engine::plan::path_of;
use crate::engine::values;
use crate::engine::workflow::Step;

impl Check<'_, '_, '_> {
    /// What the steps of an image are told.
    pub(super) fn image_step(&mut self, kind: &Kind, step: &Step) {
        let is_layout = |name: &str| values::is(step.env(name), values::LAYOUT);
        let same = match kind {
            Kind::Fixed(Fixed::ImageFolder) => is_layout("PIPE_IMAGE_LAYOUT"),
            Kind::Fixed(Fixed::RecordImage) => {
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
        let Some(image) = values::image(self.node) else { return false };
        let recorded = self.job.steps.iter().filter(|other| {
            matches!(&other.work, crate::engine::workflow::Work::Run(Some(text))
                if crate::engine::fixed::fixed(text) == Some(Fixed::RecordImage))
        });
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
