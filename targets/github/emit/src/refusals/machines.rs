//! Machines and containers that GitHub does not have.

use super::Refusals;
use crate::lower::runners::{TEMP_IN_CONTAINER, is_linux};
use pipec_base::{Diagnostic, codes};
use pipec_github_catalogue::image_digest;
use pipec_ir::{Body, Node, Origin, Piece, Runner};

impl Refusals<'_> {
    /// Refuses what GitHub's machines don't have.
    pub(super) fn check_runner(&self, runner: &Runner, body: &Body) {
        let origin = if runner.name.is_empty() { &body.origin } else { &runner.origin };
        let refuse = |what: &str, help: &str| {
            let message = format!("github has no machine `{}` with {what}", runner.name);
            self.once(Diagnostic::error(codes::P1101, message, origin.span).help(help), origin);
        };
        if let Some((image, place)) = &runner.image {
            if !is_linux(runner) {
                refuse(
                    "an image",
                    "github runs containers only on Linux: write `host linux-x64` or `linux-arm64`",
                );
            }
            self.check_login(image, place);
            self.check_pinned(image, place);
            let names_it =
                |piece: &Piece| matches!(piece, Piece::Literal(text) if text.contains(TEMP_IN_CONTAINER));
            let legs = body.matrix.iter().flat_map(|matrix| &matrix.legs).flat_map(|leg| &leg.env);
            let bindings = body.env.iter().chain(legs);
            for binding in bindings.filter(|binding| binding.value.pieces.iter().any(names_it)) {
                self.error(
                    codes::P1102,
                    &binding.origin,
                    format!("`{TEMP_IN_CONTAINER}` is GitHub's own folder in a container"),
                    "use another folder; scripts find GitHub's folder as `$RUNNER_TEMP`",
                );
            }
        }
        if runner.docker && (runner.image.is_some() || !is_linux(runner)) {
            refuse(
                "docker",
                "docker exists only on Linux and without an `image`: the scripts run on the machine, and \
                 start the containers they need",
            );
        }
        if runner.labels.contains_key("github") {
            return;
        }
        let wanted = [
            ("`cpu`", runner.cpu.is_some()),
            ("`memory`", runner.memory.is_some()),
            ("`gpu`", runner.gpu.is_some()),
        ];
        for (what, said) in wanted {
            if said {
                refuse(
                    &format!("{what} to choose"),
                    "its own machines can't be chosen by it: name the label of a machine, `label github \"…\"`",
                );
            }
        }
    }

    /// Refuses images that need a login.
    ///
    /// GitHub pulls images before the first step of a job, so a login would be a secret of the whole job.
    pub(super) fn check_login(&self, image: &str, origin: &Origin) {
        let whole = pipec_ir::image_with_registry(image);
        let name = whole.split('@').next().unwrap_or(&whole);
        let name = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(name, _)| name);
        if let Some(registry) = self.program.registry_of(name) {
            let message =
                format!("github would pull `{image}` without the login of registry `{}`", registry.prefix);
            let help = "github pulls the image of a job without a login: use a public image, or one that \
                        your machines already have";
            self.once(Diagnostic::error(codes::P1101, message, origin.span).help(help), origin);
        }
    }

    /// Warns of an image without a digest.
    pub(super) fn check_pinned(&self, image: &str, origin: &Origin) {
        if image.contains('@') || image_digest(image, &self.program.lock).is_some() {
            return;
        }
        let message = format!("image `{image}` has a tag but no digest, so it can change");
        let diagnostic = Diagnostic::warning(codes::P0703, message, origin.span)
            .help(format!("add its digest: `{image}@sha256:…`"));
        self.once(diagnostic, origin);
    }

    /// GitHub runs all legs of a node in one container.
    pub(super) fn check_images_of_legs(&self, node: &Node) {
        let runners = node.runners();
        let mut images = runners.iter().map(|runner| runner.image.as_ref().map(|(image, _)| image));
        let first = images.next();
        if images.any(|image| first != Some(image)) {
            self.error(
                codes::P1101,
                &node.name_origin,
                format!(
                    "the legs of `{}` use several images, which this version can't build for github",
                    node.name
                ),
                "use one image for all legs, or make them separate nodes",
            );
        }
    }
}
