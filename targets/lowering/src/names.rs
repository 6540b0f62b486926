//! The names of jobs and environments that the compiler gives.
//!
//! For example, in the pipeline `site`,
//!
//! ```text
//! deploy app to production      is the job "deploy app to production", the second one "deploy app to production (2)"
//! job notify { secret TOKEN }   finds its secret in the environment "site-notify"
//! ```

use crate::units::Unit;
use pipec_ir::{Node, NodeKind, Pipeline, Program};
use std::rc::Rc;

/// The name by which people and required checks know the job of a node.
pub(crate) fn of(unit: &Unit, node: &Node) -> Rc<str> {
    let NodeKind::Deploy(deploy) = &node.kind else { return unit.id.clone() };
    let mut name = format!("deploy {} to {}", deploy.artefacts.join(", "), deploy.environment);
    // Later deploys of the same set to the same place are counted, because required checks are known by their names.
    let first = format!("deploy-{}-to-{}", deploy.artefacts.join("-"), deploy.environment);
    if let Some(number) = node.name.strip_prefix(&first).and_then(|rest| rest.strip_prefix('-')) {
        name.push_str(&format!(" ({number})"));
    }
    name.into()
}

/// The environment of a node that is no deploy. It holds its secrets, and names the node to clouds.
pub fn own_environment(pipeline: &Pipeline, node: &Node) -> String {
    format!("{}-{}", pipeline.name, node.name)
}

/// Whether a node has an environment of its own, for secrets and identities.
///
/// They are its own, or those of the registry that it pushes to.
pub fn has_own_environment(program: &Program, node: &Node) -> bool {
    let has_authority = !node.body.secrets.is_empty() || !node.body.identities.is_empty();
    let pushes_with_it =
        program.login_secrets_of(node).is_some() || program.login_identity_of(node).is_some();
    has_authority && !node.is_deploy() || pushes_with_it
}
