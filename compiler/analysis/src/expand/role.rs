//! Roles and registries.

use super::frame::Frame;
use super::{Expansion, declared_again, repeated};
use crate::scope::{Definition, ModuleId, Workspace, duplicate_name};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Login, MemberKind, Program, Provider, Registry, Role, RoleMember, amazon_region};
use pipec_syntax::ast::{self, Declaration, RegistryClause};
use std::collections::BTreeMap;

impl Expansion<'_, '_> {
    /// Reads roles and registries. They are read first, because environments name them.
    pub(super) fn roles_and_registries(
        &mut self,
        workspace: &Workspace<'_>,
        module: ModuleId,
        program: &mut Program,
    ) {
        let frame = Frame::of_module(module);
        let Some(source) = workspace.source(module) else { return };
        let tree = source.tree;
        for (name, found) in workspace.declared(module) {
            let Definition::Role(role) = found.definition else { continue };
            let mut members = BTreeMap::new();
            let mut placed: BTreeMap<&str, Span> = BTreeMap::new();
            for clause in &role.members {
                let member = &clause.kind;
                let engine = self.known_engine(&member.target, "engine", &frame);
                let kind =
                    self.word_of(&member.kind, MemberKind::ALL, MemberKind::word, "kind of member", &frame);
                self.check_member(member, kind, engine, &frame);
                match placed.get(member.target.node.as_str()) {
                    Some(first) => {
                        self.report(&frame, repeated(&member.target.node, member.target.span, *first));
                    }
                    None => {
                        placed.insert(&member.target.node, member.target.span);
                        // An unknown kind has been reported.
                        let kind = kind.unwrap_or(MemberKind::Team);
                        let entry = RoleMember { kind, name: member.member.node.clone() };
                        members.insert(member.target.node.clone(), entry);
                    }
                }
            }
            let origin = frame.origin(role.name.span);
            let role = Role { name: name.to_owned(), members, origin };
            if let Some(first) = program.roles.get(name) {
                let first = first.origin.span;
                self.report(&frame, duplicate_name(name, "role", role.origin.span, first));
            } else {
                program.roles.insert(name.to_owned(), role);
            }
        }
        for item in &tree.items {
            match &item.kind {
                Declaration::Registry(registry) => self.registry(registry, program, &frame),
                Declaration::Setting(setting) => self.setting(setting, program, &frame),
                Declaration::Platform(platform) => self.platform(platform, program, &frame),
                _ => {}
            }
        }
    }

    fn registry(&mut self, registry: &ast::Registry, program: &mut Program, frame: &Frame) {
        let prefix = &registry.prefix;
        let (mut user, mut password, mut identity) = (None, None, None);
        for clause in &registry.clauses {
            match &clause.kind {
                RegistryClause::User(variable) => user = Some(variable.node.clone()),
                RegistryClause::Password(variable) => password = Some(variable.node.clone()),
                RegistryClause::Identity(written) => identity = Some((written, clause.span)),
                RegistryClause::Error => return,
            }
        }
        if !is_registry(&prefix.node) {
            self.report(
                frame,
                Diagnostic::error(codes::P0307, format!("`{}` is not a registry", prefix.node), prefix.span)
                    .help(
                        "write the prefix of its image names, beginning with the host: `registry \
                           \"ghcr.io/acme\" { … }`",
                    ),
            );
            return;
        }
        if let Some((written, span)) = identity {
            if user.is_some() || password.is_some() {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0013,
                        "a registry has an identity or a password, not both",
                        span,
                    )
                    .help("remove `user` and `password`: the identity logs in for each push"),
                );
                return;
            }
            self.keyless_registry(prefix, written, span, program, frame);
            return;
        }
        let missing = match (&user, &password) {
            (None, None) => "login",
            (None, Some(_)) => "user",
            _ => "password",
        };
        let (Some(user), Some(password)) = (user, password) else {
            let host = prefix.node.split('/').next().unwrap_or_default();
            let help = match Provider::of_registry(host) {
                Some(provider) if missing == "login" => format!(
                    "name the identity that logs in, `identity {} \"…\"`, or two secrets: `user REGISTRY_USER` and \
                     `password REGISTRY_PASSWORD`",
                    provider.word()
                ),
                _ => "name the secrets that contain them: `user REGISTRY_USER` and `password REGISTRY_PASSWORD`"
                    .to_owned(),
            };
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0019,
                    format!("registry `{}` has no {missing}", prefix.node),
                    prefix.span,
                )
                .help(help),
            );
            return;
        };
        if self.is_second_registry(prefix, program, frame) {
            return;
        }
        let (login, origin) = (Login::Password { user, password }, frame.origin(prefix.span));
        program
            .registries
            .insert(prefix.node.clone(), Registry { prefix: prefix.node.clone(), login, origin });
    }

    /// Whether another registry has this prefix. Reports it.
    fn is_second_registry(&mut self, prefix: &ast::Text, program: &Program, frame: &Frame) -> bool {
        let Some(first) = program.registries.get(&prefix.node).map(|it| it.origin.span) else { return false };
        let message = format!("registry `{}` is declared twice in the workspace", prefix.node);
        let help = "remove one of them: each prefix has one login";
        self.report(frame, declared_again(message, prefix.span, first, help));
        true
    }

    /// Reads a registry that takes an identity. Its host decides how the identity becomes a login.
    fn keyless_registry(
        &mut self,
        prefix: &ast::Text,
        written: &ast::Identity,
        span: Span,
        program: &mut Program,
        frame: &Frame,
    ) {
        let Some(identity) = self.identity(written, span, frame) else { return };
        let host = prefix.node.split('/').next().unwrap_or_default();
        if Provider::of_registry(host) != Some(identity.provider) {
            if let (Provider::Aws, Some(Err(reason))) = (identity.provider, amazon_region(host)) {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0617,
                        format!("`{host}` is not a host of Amazon ECR"),
                        prefix.span,
                    )
                    .note(reason)
                    .help("copy the host from the URI of a repository in Amazon ECR"),
                );
                return;
            }
            let word = identity.provider.word();
            let finding =
                Diagnostic::error(codes::P0617, format!("`{host}` takes no identity of {word}"), span);
            let finding = match Provider::of_registry(host) {
                Some(provider) => {
                    finding.help(format!("use an identity of {0}: `identity {0} \"…\"`", provider.word()))
                }
                None => finding.help(
                    "name the secrets of its login: `user REGISTRY_USER` and `password REGISTRY_PASSWORD`",
                ),
            };
            self.report(
                frame,
                finding.note("Amazon ECR takes aws, Artifact Registry google, and Azure's registry azure"),
            );
            return;
        }
        if self.is_second_registry(prefix, program, frame) {
            return;
        }
        let (login, origin) = (Login::Identity(identity), frame.origin(prefix.span));
        program
            .registries
            .insert(prefix.node.clone(), Registry { prefix: prefix.node.clone(), login, origin });
    }
}

/// Whether a text is a possible beginning of image names: a host, and path segments.
pub(super) fn is_registry(prefix: &str) -> bool {
    let mut segments = prefix.split('/');
    segments.next().is_some_and(is_host) && segments.all(is_segment)
}

/// Whether a text can only be the host of a registry. A first segment without dot or port would be a user of Docker
/// Hub.
pub(super) fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let digits = |port: &str| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
    name.split('.').all(|label| !label.is_empty() && label.chars().all(plain))
        && port.is_none_or(digits)
        && (name.contains('.') || port.is_some() || name == "localhost")
}

/// Whether a text is a path segment of an image (OCI distribution specification, "Pulling manifests").
pub(super) fn is_segment(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = text.split(plain).filter(|between| !between.is_empty());
    text.starts_with(plain)
        && text.ends_with(plain)
        && separators
            .into_iter()
            .all(|between| matches!(between, "." | "_" | "__") || between.chars().all(|c| c == '-'))
}
