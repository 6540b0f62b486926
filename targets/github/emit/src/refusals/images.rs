//! Images that GitHub can't push.

use super::Refusals;
use pipec_base::codes;
use pipec_ir::{Node, Provider, RunnerHost};

/// The registry whose images a job's own token may write.
const OWN_REGISTRY: &str = "ghcr.io/";

impl Refusals<'_> {
    /// Refuses images that GitHub can't push.
    pub(super) fn check_image(&self, node: &Node) {
        let Some(image) = node.image() else { return };
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
                match Provider::of_registry(host).map(Provider::word) {
                    Some(provider) => {
                        format!("declare one: `registry \"{host}\" {{ identity {provider} \"…\" }}`")
                    }
                    None => format!(
                        "declare one: `registry \"{host}\" {{ user REGISTRY_USER  password REGISTRY_PASSWORD }}`"
                    ),
                },
            );
        }
    }
}
