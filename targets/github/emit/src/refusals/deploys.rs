//! Deploys that GitHub can't make: what their environments ask, and who must approve.

use super::Refusals;
use pipec_base::codes;
use pipec_ir::{Approval, Binding, Deploy, Environment, Lock, Node, Override, Tier};
use pipec_lowering::acts::time_forth;

impl Refusals<'_> {
    pub(super) fn refuse_in_deploy(&self, node: &Node, deploy: &Deploy) {
        if let Some(rollback) = deploy.rollback()
            && time_forth(node) == 0
        {
            self.error(
                codes::P1101,
                &rollback.origin,
                "on github, this deploy's timeout leaves no time to roll back",
                "a third of a deploy's timeout, and at least two minutes, is reserved for `rollback`: \
                 write `timeout 10m`",
            );
        }
        if let Some(environment) = self.program.entered_by(deploy) {
            self.refuse_in_environment(node, environment);
            if environment.tier == Tier::Ephemeral {
                self.check_preview(node, deploy, environment);
            }
        }
    }

    fn refuse_in_environment(&self, node: &Node, environment: &Environment) {
        // What waits for the same lock is dropped, be it of the same run.
        let mut others = self.pipeline.deploys().filter(|(_, deploy)| deploy.environment == environment.name);
        if environment.lock == Lock::Newest && others.next().is_some_and(|(first, _)| first.id != node.id) {
            self.error(
                codes::P1101,
                &node.name_origin,
                format!(
                    "on github, this deploy of `{}` to `{}` could replace another waiting deploy of the same run",
                    self.pipeline.name, environment.name
                ),
                "deploy the artefacts together, as one set, or write `lock queue` in the environment",
            );
        }
        let both = |binding: &&Binding| node.body.env.iter().any(|own| own.variable == binding.variable);
        if let Some(twice) = environment.values.iter().find(both) {
            self.refuse(&format!("a second `{}`", twice.variable), &twice.origin);
        }
    }

    /// Refuses approvals that GitHub can't ask for.
    fn check_approval(&self, environment: &Environment, approval: &Approval) {
        if approval.min > 1 {
            self.error(
                codes::P0506,
                &approval.origin,
                format!("github can't require {} people to approve `{}`", approval.min, environment.name),
                "on github one reviewer is enough: put another environment with its own approval before \
                 this one (`after`)",
            );
        }
        let role = self.program.roles.get(&approval.role);
        if role.is_some_and(|role| !role.members.contains_key("github")) {
            self.error(
                codes::P0506,
                &approval.origin,
                format!(
                    "`{}` has no members on github, so nobody could approve `{}`",
                    approval.role, environment.name
                ),
                format!("name its members: `role {} {{ github team \"OWNER/TEAM\" }}`", approval.role),
            );
        }
    }

    /// Somebody must be able to approve a deploy, or to override a gate.
    pub(super) fn check_approvers(&self, node: &Node) {
        if let Some(overriding) = node.overriding() {
            self.check_role(node, overriding);
        }
        let environment = self.program.environment_of(node);
        if let Some(environment) = environment
            && let Some(approval) = &environment.approval
        {
            self.check_approval(environment, approval);
        }
    }

    /// Refuses an override that nobody could approve.
    fn check_role(&self, gate: &Node, overriding: &Override) {
        let role = self.program.roles.get(&overriding.role);
        if role.is_some_and(|role| !role.members.contains_key("github")) {
            self.error(
                codes::P0506,
                &overriding.origin,
                format!(
                    "`{}` has no members on github, so nobody could override `{}`",
                    overriding.role, gate.name
                ),
                format!("name its members: `role {} {{ github team \"OWNER/TEAM\" }}`", overriding.role),
            );
        }
    }
}
