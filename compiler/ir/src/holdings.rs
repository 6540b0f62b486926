//! What each step of a node holds: secrets, identities and rights.
//!
//! Without `for`, every step holds what its node holds. For example, with `secret KEY for sign`, the step `run sign "…"`
//! holds `KEY`, and no other step does.
//!
//! An engine may give a secret and a token to single steps. The right to ask for an identity belongs to the whole job
//! on every engine, so `for` only limits the login.

use crate::{Held, Identity, Node, Program, Right, Secret, Step};

/// What one step of a node holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings<'p> {
    /// The secrets. Those of the node come first, then those of the environment that it deploys to.
    pub secrets: Vec<&'p Secret>,
    /// The identities, in the same order.
    pub identities: Vec<&'p Identity>,
    /// The rights.
    pub rights: Vec<Right>,
}

impl Program {
    /// What a step of a node holds. In a deploy, that includes the secrets and identities of its environment.
    pub fn holdings<'p>(&'p self, node: &'p Node, step: &Step) -> Holdings<'p> {
        let body = &node.body;
        let rights = body.rights.iter().map(|(right, _)| *right);
        Holdings {
            secrets: self.secrets_of(node).filter(|it| body.is_held_by(&Held::secret(it), step)).collect(),
            identities: self
                .identities_of(node)
                .filter(|it| body.is_held_by(&Held::identity(it), step))
                .collect(),
            rights: rights.filter(|right| body.is_held_by(&Held::Right(*right), step)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Narrowed, Origin, StepKind};

    fn step(name: &str) -> Step {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Step { name, script: "true".to_owned(), kind: StepKind::Run, origin: Origin::default() }
    }

    #[test]
    fn only_named_steps_hold_what_is_narrowed() {
        let key = Held::Secret("KEY".to_owned());
        let token = Held::Secret("TOKEN".to_owned());
        let steps = vec![("sign".to_owned(), Origin::default())];
        let narrowed = vec![Narrowed { held: key.clone(), steps, origin: Origin::default() }];
        let body = Body { narrowed, ..Body::default() };
        assert!(body.is_held_by(&key, &step("sign")));
        assert!(!body.is_held_by(&key, &step("build")));
        assert!(!body.is_held_by(&key, &step("")), "a step without a name is never named");
        assert!(body.is_held_by(&token, &step("")), "without `for`, every step holds it");
    }
}
