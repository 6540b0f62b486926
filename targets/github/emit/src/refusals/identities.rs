//! Identities that no provider has.

use super::Refusals;
use pipec_base::codes;
use pipec_ir::{Identity, Node, Provider, Tier};

impl Refusals<'_> {
    /// The identities of a node, and of the environment that it deploys to.
    pub(super) fn check_identities(&self, node: &Node) {
        let environment = self.program.environment_of(node);
        let of_environment = environment.into_iter().flat_map(|environment| &environment.identities);
        let malformed = node.body.identities.iter().chain(of_environment).filter(|it| is_malformed(it));
        let malformed: Vec<&Identity> = malformed.collect();
        if !malformed.is_empty() && self.has_trusted_job(node) {
            malformed.into_iter().for_each(|identity| self.malformed(identity));
        }
    }

    /// The identities with which ephemeral environments are torn down.
    pub(super) fn check_identities_of_teardowns(&self) {
        let deploys = self.pipeline.deploys();
        let entered = deploys.filter_map(|(_, deploy)| self.program.entered_by(deploy));
        let previews = entered.filter(|environment| environment.tier == Tier::Ephemeral);
        for identity in previews.flat_map(|environment| &environment.identities) {
            if is_malformed(identity) {
                self.malformed(identity);
            }
        }
    }

    fn malformed(&self, identity: &Identity) {
        let message = format!("`{}` is no identity of `{}`", identity.role, identity.provider.word());
        let help = "write `TENANT/CLIENT` or `TENANT/SUBSCRIPTION/CLIENT`";
        self.error(codes::P0604, &identity.origin, message, help);
    }
}

/// Whether a role of Azure lacks a part, or has one too many.
fn is_malformed(identity: &Identity) -> bool {
    identity.provider == Provider::Azure && !(2..=3).contains(&identity.role.split('/').count())
}
