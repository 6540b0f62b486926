//! Roles and registries.

use super::frame::Frame;
use super::{Expander, repeated};
use crate::scope::{Definition, ModuleId, twin};
use pipec_base::Span;
use pipec_ir::{Role, RoleMember};
use pipec_syntax::ast::{Declaration, RegistryClause};
use std::collections::BTreeMap;

/// The engines by their words.
pub(super) const ENGINES: [&str; 3] = ["github", "gitlab", "tekton"];

impl Expander<'_, '_> {
    /// Roles and registries come first: environments name them.
    pub(super) fn roles_and_registries(&mut self, module: ModuleId) {
        let frame = Frame::of_module(module);
        let Some(source) = self.workspace.source(module) else { return };
        let tree = source.tree;
        for (name, definition) in self.workspace.definitions(module) {
            let Definition::Role(role) = definition else { continue };
            let mut members = BTreeMap::new();
            let mut placed: BTreeMap<&str, Span> = BTreeMap::new();
            for clause in &role.members {
                let member = &clause.kind;
                self.known_word(&member.target, &ENGINES, "engine", &frame);
                self.known_word(&member.kind, &["team", "group", "user"], "kind of member", &frame);
                let entry = RoleMember { kind: member.kind.node.clone(), name: member.member.node.clone() };
                match placed.get(member.target.node.as_str()) {
                    Some(first) => {
                        self.report(&frame, repeated(&member.target.node, member.target.span, *first));
                    }
                    None => {
                        placed.insert(&member.target.node, member.target.span);
                        members.insert(member.target.node.clone(), entry);
                    }
                }
            }
            let origin = frame.origin(role.name.span);
            let role = Role { name: name.to_owned(), members, origin };
            if let Some(first) = self.program.roles.get(name) {
                let first = first.origin.span;
                self.report(&frame, twin(name, "role", role.origin.span, first));
            } else {
                self.program.roles.insert(name.to_owned(), role);
            }
        }
        for item in &tree.items {
            let Declaration::Registry(registry) = &item.kind else { continue };
            let (mut user, mut password) = (None, None);
            for clause in &registry.clauses {
                match &clause.kind {
                    RegistryClause::User(variable) => user = Some(variable.node.clone()),
                    RegistryClause::Password(variable) => password = Some(variable.node.clone()),
                    RegistryClause::Error => {}
                }
            }
            self.program.registries.insert(registry.prefix.node.clone(), (user, password));
        }
    }
}
