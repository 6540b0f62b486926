//! What each step of a node holds: secrets, identities and rights.
//!
//! Without `for`, every step holds what its node holds. For example, with `secret KEY for sign`, the step `run sign "…"`
//! holds `KEY`, and no other step does.
//!
//! An engine may give a secret, a token and a login to single steps. The right to ask for an identity belongs to the
//! whole job on every engine, so `for` only limits the login.

use crate::{Body, Held, Narrowed, Node, Program, Right, Step, TOKEN_VARIABLE};

/// A variable with a secret or the token, and how many scripts hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBy<'p> {
    /// The variable.
    pub variable: &'p str,
    /// The number of scripts that hold it.
    pub scripts: usize,
    /// How many of them never mention it.
    pub silent: usize,
}

impl Body {
    /// The clause that narrows something to some steps, if there is one.
    pub fn narrowed_to(&self, held: &Held) -> Option<&Narrowed> {
        self.narrowed.iter().find(|narrowed| narrowed.held == *held)
    }

    /// Whether a step holds something that its node holds.
    pub fn is_held_by(&self, held: &Held, step: &Step) -> bool {
        let is_named = |narrowed: &Narrowed| {
            step.name.as_ref().is_some_and(|name| narrowed.steps.iter().any(|(named, _)| named == name))
        };
        self.narrowed_to(held).is_none_or(is_named)
    }

    /// Whether a step holds the job's token. In a node with rights, it must hold one of them.
    pub fn is_token_held_by(&self, step: &Step) -> bool {
        let holds = |(right, _): &(Right, _)| self.is_held_by(&Held::Right(*right), step);
        self.rights.is_empty() || self.rights.iter().any(holds)
    }
}

impl Node {
    /// Its steps, and those of its actions.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let actions = self.actions().flat_map(|action| &action.steps);
        self.body.steps.iter().chain(actions)
    }
}

impl Step {
    /// Whether its script contains the name of a variable.
    pub fn mentions(&self, variable: &str) -> bool {
        let is_word =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = self.script.as_bytes();
        self.script.match_indices(variable).any(|(start, found)| {
            let before = start.checked_sub(1).and_then(|before| bytes.get(before));
            !is_word(before) && !is_word(bytes.get(start + found.len()))
        })
    }
}

impl Program {
    /// The secrets and the token of a node, in the order of their clauses, and who holds them.
    pub fn held_by<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = HeldBy<'p>> {
        let secrets = self.secrets_of(node).map(|secret| secret.variable.as_str());
        let token = (!node.body.rights.is_empty()).then_some(TOKEN_VARIABLE);
        secrets.chain(token).map(|variable| {
            let holders = || node.steps().filter(|step| node.gives(step, variable));
            let mentions = |step: &&Step| node.names_of_secret(variable).any(|name| step.mentions(name));
            let silent = holders().filter(|step| !mentions(step)).count();
            HeldBy { variable, scripts: holders().count(), silent }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Origin, StepKind};

    fn step(name: &str) -> Step {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Step { name, script: "true".to_owned(), kind: StepKind::Run, origin: Origin::default() }
    }

    #[test]
    fn a_script_mentions_whole_names() {
        let mentions = |script: &str| Step { script: script.to_owned(), ..step("") }.mentions("KEY");
        assert!(mentions("sign \"$KEY\"") && mentions("${KEY:-x}"));
        assert!(!mentions("$KEY_FILE $MY_KEY $KEY2"));
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
