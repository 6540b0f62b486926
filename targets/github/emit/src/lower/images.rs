//! Images: built as a layout, pushed by digest where the code was reviewed.

use super::Lowering;
use super::artefacts::{DIGEST, RECORD, folder};
use super::runners::TEMP_IN_CONTAINER;
use crate::document::{Permissions, Step};
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Artefact, ArtefactType, Node, NodeKind, Registry, RunnerHost};
use pipec_lowering::{Runs, Unit};
use pipec_runtime::{Dialect, Script};

/// The registry whose images a job's own token may write.
const OWN_REGISTRY: &str = "ghcr.io/";

/// The variable that says where the build leaves its layout.
const LAYOUT: &str = "PIPE_IMAGE_LAYOUT";

/// Where the build leaves its layout.
fn layout() -> Template {
    Template::expression("runner.temp").and_text("/image-layout")
}

/// The name of the image that a node builds, if it builds one.
pub(super) fn image(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Artefact(artefact) => name(artefact),
        _ => None,
    }
}

/// The name of an artefact that is an image.
pub(super) fn name(artefact: &Artefact) -> Option<&str> {
    let (name, _) = artefact.image_name.as_ref()?;
    (artefact.ty == ArtefactType::Image).then_some(name)
}

impl Lowering<'_> {
    /// The registry whose secrets the push of a node's image needs: none where it pushes nothing, or the job's own token
    /// is enough.
    pub(super) fn registry_of(&self, node: &Node) -> Option<&Registry> {
        image(node).and_then(|image| self.program.registry_of(image))
    }

    /// Only GitHub's Ubuntu has the tools for images.
    pub(super) fn check_image(&self, node: &Node) {
        let Some(image) = image(node) else { return };
        let runner = &node.body.runner;
        let origin = &node.name_origin;
        if node.has_legs() {
            self.error(
                codes::P1101,
                origin,
                format!("image `{}` is built by several legs, which github can't combine", node.name),
                "build one image for several platforms, as one index in the layout",
            );
        }
        if !matches!(runner.host, RunnerHost::LinuxX64 | RunnerHost::LinuxArm64) || runner.image.is_some() {
            let place = if runner.image.is_some() { "in a container" } else { runner.host.word() };
            self.error(
                codes::P1101,
                origin,
                format!("image `{}` can't be pushed from {place} on github", node.name),
                "only GitHub's Ubuntu has the tools to push an image by its digest: use a runner with \
                 `host linux-x64` or `linux-arm64`, and without `image`",
            );
        }
        if !image.starts_with(OWN_REGISTRY) && self.program.registry_of(image).is_none() {
            let host = image.split('/').next().unwrap_or(image);
            self.error(
                codes::P1101,
                origin,
                format!("github has no login for `{host}` to push `{}`", node.name),
                format!(
                    "declare one: `registry \"{host}\" {{ user REGISTRY_USER  password REGISTRY_PASSWORD }}`"
                ),
            );
        }
    }

    /// The variable of the scripts that build an image.
    pub(super) fn layout_variable(&self, node: &Node) -> Option<(String, Template)> {
        image(node).map(|_| (LAYOUT.to_owned(), layout()))
    }

    /// The step before the scripts that build an image.
    pub(super) fn layout_step(&self, node: &Node) -> Option<Step> {
        image(node).map(|_| {
            Step::run("Make the layout's folder", Script::ImageFolder.text(Dialect::GitHub))
                .with_env(LAYOUT, layout())
        })
    }

    /// The step that records an image.
    pub(super) fn record_image_step(&self, node: &Node) -> Step {
        Step::run(format!("Record {}", node.name), Script::RecordImage.text(Dialect::GitHub))
            .with_env("LAYOUT", layout())
    }

    /// The step that pushes an image: not where the code was not reviewed.
    pub(super) fn push_step(&self, node: &Node, unit: &Unit, permissions: &mut Permissions) -> Option<Step> {
        let image = image(node).filter(|_| unit.runs != Runs::Untrusted)?;
        let mut step = Step::run(format!("Push {}", node.name), Script::PushImage.text(Dialect::GitHub))
            .with_env("NAME", Template::text(image.to_owned()))
            .with_env("DIGEST", Template::expression(format!("steps.{RECORD}.outputs.{DIGEST}")))
            .with_env("LAYOUT", layout());
        match self.program.registry_of(image) {
            Some(registry) => {
                let secret = |name: &str| Template::expression(format!("secrets.{name}"));
                step = step
                    .with_env("REGISTRY_USER", secret(&registry.user))
                    .with_env("REGISTRY_PASSWORD", secret(&registry.password));
            }
            None => {
                permissions.write("packages", "pushes the image");
                step = step.with_env("REGISTRY_PASSWORD", Template::expression("github.token"));
            }
        }
        Some(step)
    }

    /// By what a job pulls an image: its name and digest where it was pushed, else the layout that lies in the job.
    pub(super) fn image_reference(&self, name: &str, producer: &Node, unit: &Unit) -> Template {
        let Some(image) = image(producer) else { return Template::default() };
        let (local, pushed): (Vec<&Unit>, Vec<&Unit>) = self
            .plans
            .units_before(unit, producer)
            .into_iter()
            .partition(|unit| unit.runs == Runs::Untrusted);
        let digest = |unit: &Unit| format!("needs.{}.outputs.{DIGEST}", unit.id);
        match (pushed.first(), local.first()) {
            (Some(pushed), None) => Template::text(format!("{image}@")).and(digest(pushed)),
            (Some(pushed), Some(_)) => {
                // The digest of a job that did not run is empty.
                let digest = digest(pushed);
                let node = self.pipeline.node(unit.node);
                let boxed = |node: &Node| node.runners().first().is_some_and(|runner| runner.image.is_some());
                let local = if node.is_some_and(boxed) {
                    format!("'oci:{TEMP_IN_CONTAINER}/artefacts/{name}'")
                } else {
                    format!("format('oci:{{0}}/artefacts/{name}', runner.temp)")
                };
                Template::expression(format!("{digest} && format('{image}@{{0}}', {digest}) || {local}"))
            }
            (None, _) => Template::text("oci:").and_template(folder(name)),
        }
    }
}
