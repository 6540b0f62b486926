//! Approvals: on GitHub, one of the reviewers of an environment approves its deploys.

use super::Lowering;
use pipec_base::codes;
use pipec_ir::{Approval, Environment};

impl Lowering<'_> {
    /// Refuses approvals that GitHub can't ask for.
    pub(super) fn check_approval(&self, environment: &Environment, approval: &Approval) {
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
}
