//! Checks of a node that need all its clauses together.

use super::{Role, Work};
use crate::expand::frame::Frame;
use crate::expand::role::{is_host, is_segment};
use crate::expand::{Expansion, repeated};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{ArtefactType, Checkout, Identity, Provider, ToolVersion, variable_part};
use pipec_syntax::ast::Name;

impl Work {
    /// Removes defaults that name repository files from nodes without files.
    pub(in crate::expand) fn leave_out_unreadable_defaults(&mut self) {
        if self.body.checkout != Checkout::None {
            return;
        }
        let defaults = &self.default_tools;
        self.body.tools.retain(|tool| {
            !matches!(tool.version, ToolVersion::FromFile(_)) || !defaults.contains(&tool.name)
        });
        if self.is_default_directory {
            self.body.directory = None;
        }
    }
}

impl Expansion<'_, '_> {
    /// Checks a node after all its clauses were read.
    pub(in crate::expand) fn check_work(&mut self, name: &Name, span: Span, work: &Work, frame: &Frame) {
        if !self.does_something(name, span, work, frame) {
            return;
        }
        self.check_tools(work, frame);
        self.check_directory(work, frame);
        self.check_shards(work, frame);
        self.check_authority(work, frame);
        self.check_caches(name, work, frame);
        match &work.role {
            Role::Artefact(Some(ty)) => self.check_artefact(name, *ty, work, frame),
            Role::Gate(_) => self.check_quorum(work, frame),
            Role::Deploy => self.check_strategy(work, frame),
            _ => {}
        }
    }

    /// Whether a node does anything. Reports a node that does nothing.
    fn does_something(&mut self, name: &Name, span: Span, work: &Work, frame: &Frame) -> bool {
        let body = &work.body;
        let does = !body.steps.is_empty()
            || !body.engines.is_empty()
            || !body.measures.is_empty()
            || !work.paths.is_empty()
            || work.shift.is_some();
        if does {
            return true;
        }
        let (what, example) = match &work.role {
            Role::Gate(_) => (format!("gate `{}`", name.node), "run \"cargo test --locked\""),
            Role::Artefact(_) => (format!("artefact `{}`", name.node), "run \"cargo build --release\""),
            Role::Deploy => ("this deploy".to_owned(), "run \"./deploy.sh\""),
            Role::Job | Role::Action | Role::Unknown => {
                (format!("job `{}`", name.node), "run \"./report.sh\"")
            }
        };
        self.report(
            frame,
            Diagnostic::error(codes::P0019, format!("{what} has no script"), span)
                .help(format!("add a script: `{example}`")),
        );
        false
    }

    /// Checks which steps can use the secrets of a node. Raw steps see every secret of their job, and a second login to
    /// a provider replaces the first.
    fn check_authority(&mut self, work: &Work, frame: &Frame) {
        if let Some(block) = work.body.engines.first() {
            let secret =
                work.body.secrets.first().map(|it| (format!("secret `{}`", it.variable), it.origin.span));
            let identity = work
                .body
                .identities
                .first()
                .map(|it| (format!("its {} identity", it.provider.word()), it.origin.span));
            if let Some((what, span)) = secret.or(identity) {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0605, format!("raw steps could see {what}"), block.origin.span)
                        .label(span, "held here")
                        .help("move it to another node, without an `engine` block"),
                );
            }
        }
        for place in 0..work.body.identities.len() {
            let (earlier, later) = work.body.identities.split_at(place);
            self.refuse_second_login(earlier, later.first(), frame);
        }
    }

    /// Whether a login repeats the provider or the audience of an earlier one. Reports it. A second login to the same
    /// provider would replace the first.
    pub(in crate::expand) fn refuse_second_login(
        &mut self,
        earlier: &[Identity],
        identity: Option<&Identity>,
        frame: &Frame,
    ) -> bool {
        let Some(identity) = identity else { return false };
        let is_audience = identity.provider == Provider::Oidc;
        let same = |first: &&Identity| {
            first.provider == identity.provider && (!is_audience || first.role == identity.role)
        };
        let Some(first) = earlier.iter().find(same) else { return false };
        let (span, first) = (identity.origin.span, first.origin.span);
        let finding = if is_audience {
            repeated(&format!("identity oidc \"{}\"", identity.role), span, first).fix("drop it", span, "")
        } else {
            repeated(&format!("identity {}", identity.provider.word()), span, first)
        };
        self.report(frame, finding);
        true
    }

    /// Checks that the working directory exists before scripts start in it.
    fn check_directory(&mut self, work: &Work, frame: &Frame) {
        let Some((directory, origin)) = &work.body.directory else { return };
        if work.body.checkout != Checkout::None {
            return;
        }
        let place = work.once.get("checkout").copied().unwrap_or(origin.span);
        self.report(
            frame,
            Diagnostic::error(codes::P0019, format!("`{directory}` is not checked out here"), place)
                .label(origin.span, "the scripts would start there")
                .help("remove one of them"),
        );
    }

    fn check_artefact(&mut self, name: &Name, ty: ArtefactType, work: &Work, frame: &Frame) {
        let (missing, help) = match (ty, work.paths.first(), &work.image_name) {
            (ArtefactType::Image, None, Some((image, origin))) => {
                self.check_image_name(&name.node, image, origin.span, frame);
                self.refuse_password(image, work, frame);
                return;
            }
            (ArtefactType::Image, Some(path), _) => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0306,
                        "an image has no `path`: it is pushed to its registry",
                        path.origin.span,
                    )
                    .help("write an OCI layout to `$PIPE_IMAGE_LAYOUT` and add `name \"registry/image\"`"),
                );
                return;
            }
            (ArtefactType::Image, None, None) => ("name", "name the image: `name \"ghcr.io/acme/web\"`"),
            (_, _, Some((image, origin))) => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0306,
                        format!("only an image has a `name`, but `{}` has type {}", name.node, ty.word()),
                        origin.span,
                    )
                    .help(format!(
                        "remove it, or build an image: `artefact {}: image {{ name \"{image}\" … }}`",
                        name.node
                    )),
                );
                return;
            }
            (_, None, None) => ("path", "name the result of the build: `path \"dist/**\"`"),
            (_, Some(_), None) => return,
        };
        self.report(
            frame,
            Diagnostic::error(
                codes::P0306,
                format!("artefact `{}` has no `{missing}`", name.node),
                name.span,
            )
            .help(help),
        );
    }

    /// Checks that an image has a full name and a digest. The name must mean the same image to everybody.
    fn check_image_name(&mut self, artefact: &str, image: &str, span: Span, frame: &Frame) {
        let (host, path) = image.split_once('/').unwrap_or(("", image));
        let last = image.rsplit('/').next().unwrap_or(image);
        let (message, help) = if image.contains('@') || (last.contains(':') && last != image) {
            let end = image.find('@').or_else(|| image.rfind(':')).unwrap_or(image.len());
            let bare = image.get(..end).unwrap_or(image);
            (
                format!("`{image}` contains a version"),
                format!(
                    "a built image is identified by its digest: write `name \"{bare}\"`; deploys have `${}_REF`",
                    variable_part(artefact)
                ),
            )
        } else if path.split('/').all(is_segment) && !is_host(host) {
            (
                format!("`{image}` names no registry"),
                format!("write the host first, as in `docker.io/{image}`"),
            )
        } else if !path.split('/').all(is_segment) {
            (
                format!("`{image}` is not a valid image name"),
                "use lower-case letters and digits with single `.`, `_` or `-` between them, in segments: \
                 `ghcr.io/acme/web`"
                    .to_owned(),
            )
        } else {
            return;
        };
        self.report(frame, Diagnostic::error(codes::P0307, message, span).help(help));
    }

    /// Refuses a registry password in scripts. Only the push may use it, and no script is the push.
    fn refuse_password(&mut self, image: &str, work: &Work, frame: &Frame) {
        let Some(registry) = self.workspace.registry_of(image) else { return };
        let Some([_, password]) = registry.secrets() else { return };
        let held = work.body.secrets.iter();
        for secret in held.filter(|secret| secret.variable == password) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0601,
                    format!("the scripts that build the image could read secret `{}`", secret.variable),
                    secret.origin.span,
                )
                .label(registry.origin.span, "it is the password of this registry")
                .help("remove it: the push has the password, and nothing else needs it"),
            );
        }
    }

    /// Checks the number of jobs: each leg of a matrix runs in each shard.
    fn check_shards(&mut self, work: &Work, frame: &Frame) {
        let Some((shards, origin)) = &work.body.shards else { return };
        let legs = work.body.matrix.as_ref().map_or(1, |matrix| matrix.legs.len());
        let all = usize::try_from(*shards).unwrap_or(usize::MAX).saturating_mul(legs);
        let most = self.workspace.most_legs();
        if all <= most {
            return;
        }
        let message = match legs {
            1 => format!("{shards} shards are more than {most}"),
            _ => format!("{legs} legs in {shards} shards are {all}, more than {most}"),
        };
        self.report(
            frame,
            Diagnostic::error(codes::P0106, message, origin.span)
                .help(format!("each leg is a job: at most {} are possible here", most / legs.max(1))),
        );
    }

    fn check_quorum(&mut self, work: &Work, frame: &Frame) {
        let (Some(quorum), Some(span)) = (work.quorum, work.once.get("repeat")) else { return };
        let evidence = match &work.role {
            Role::Gate(Some(evidence)) => evidence.name.as_str(),
            _ => return,
        };
        if !matches!(evidence, "evaluation" | "performance") {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0410,
                    format!("evidence of kind {evidence} does not vary: it passes or it fails"),
                    *span,
                )
                .help("only gates of kind evaluation and performance may have `repeat`"),
            );
        } else if quorum.times < 2 {
            let message = match quorum.times {
                0 => "a gate with 0 repetitions shows nothing",
                _ => "a gate always runs once",
            };
            self.report(
                frame,
                Diagnostic::error(codes::P0410, message, *span)
                    .help(
                        "state how often it runs and how many repetitions must pass, `repeat 3 quorum \
                           2`, or remove the clause",
                    )
                    .fix("drop it", *span, ""),
            );
        } else if quorum.quorum > quorum.times || quorum.quorum * 2 <= quorum.times {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0410,
                    format!("{} of {} is not a majority", quorum.quorum, quorum.times),
                    *span,
                )
                .help(format!(
                    "more than half must pass: from {} to {}",
                    quorum.times / 2 + 1,
                    quorum.times.max(1)
                )),
            );
        }
    }
}
