//! Which variables a script of a node sees.
//!
//! An artefact has two names in a node that is about it: its own, and `subject`. A script gets the variables of one of
//! them. In a task, that is `subject`, because the task does not know the artefact:
//!
//! ```text
//! deploy app to production {
//!   run "./deploy.sh"              APP_PATH, APP_DIGEST
//!   smoke.test()                   SUBJECT_PATH, SUBJECT_DIGEST in the scripts of the task
//! }
//! ```
//!
//! A script that mentions the other name gets both.

use crate::{Binding, Fact, Held, Node, Piece, Step};

/// The variable of the job's token, in scripts of a node that may write.
pub const TOKEN_VARIABLE: &str = "PIPE_TOKEN";

/// The variable of the outcome, in scripts of a `finally`.
pub const OUTCOME_VARIABLE: &str = "PIPE_OUTCOME";

/// The variable of the nodes that have failed, in scripts of a `finally`.
pub const FAILED_VARIABLE: &str = "PIPE_FAILED";

/// The variable of the run's address, in scripts of a `finally`.
pub const RUN_URL_VARIABLE: &str = "PIPE_RUN_URL";

/// The name of a node's artefact in variables of a task.
const SUBJECT: &str = "SUBJECT";

/// What the variables of an artefact say of it.
const SAID: [&str; 4] = ["DIGEST", "LAYOUT", "PATH", "REF"];

/// The part of the name of a variable that a name gives: `dry-run` becomes `DRY_RUN`.
pub fn variable_part(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

/// The secrets in the value of a variable.
fn secrets_of(binding: &Binding) -> impl Iterator<Item = &str> {
    binding.value.pieces.iter().filter_map(|piece| match piece {
        Piece::Fact(Fact::Secret(name)) => Some(name.as_str()),
        Piece::Fact(_) | Piece::Literal(_) => None,
    })
}

impl Node {
    /// Whether a script of the node gets a variable of the node.
    ///
    /// It gets a secret and the token only if it holds them, under whatever name.
    pub fn gives(&self, script: &Step, variable: &str) -> bool {
        let body = &self.body;
        let holds = |secret: &str| body.is_held_by(&Held::Secret(secret.to_owned()), script);
        let is_held = match variable {
            _ if body.narrowed.is_empty() => true,
            TOKEN_VARIABLE => body.is_token_held_by(script),
            _ => holds(variable) && self.secrets_in(variable).all(holds),
        };
        is_held && self.sees(script, variable)
    }

    /// The secrets in the value of a variable, by their own names.
    fn secrets_in(&self, variable: &str) -> impl Iterator<Item = &str> {
        self.bindings().filter(move |binding| binding.variable == variable).flat_map(secrets_of)
    }

    /// The variables by which scripts of the node read a secret: its own, and those that clauses give its value.
    pub fn names_of_secret<'n>(&'n self, secret: &'n str) -> impl Iterator<Item = &'n str> {
        let others = self.bindings().filter(move |binding| secrets_of(binding).any(|it| it == secret));
        std::iter::once(secret).chain(others.map(|binding| binding.variable.as_str()))
    }

    /// The variables that the clauses of the node and of its actions set.
    fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.body.env.iter().chain(self.actions().flat_map(|action| &action.env))
    }

    /// Whether a variable has a name of the node's artefact that a script sees, or none.
    fn sees(&self, script: &Step, variable: &str) -> bool {
        let Some(subject) = &self.body.subject else { return true };
        let own = variable_part(subject);
        let is_of_task = !script.origin.calls.is_empty();
        let names = |name: &str| {
            let said = variable.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
            said.is_some_and(|said| SAID.contains(&said))
        };
        let mentions = |name: &str| script.script.contains(&format!("{name}_"));
        match (names(&own), names(SUBJECT)) {
            (false, false) => true,
            (is_own, is_subject) => {
                is_own && (!is_of_task || mentions(&own)) || is_subject && (is_of_task || mentions(SUBJECT))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, NodeId, NodeKind, Origin, StageId, StepKind};
    use pipec_base::Span;

    #[test]
    fn a_script_sees_one_name_of_its_artefact() {
        let node = Node {
            name: "scan".to_owned(),
            id: NodeId(0),
            docs: Vec::new(),
            origin: Origin::default(),
            name_origin: Origin::default(),
            stage: StageId(0),
            kind: NodeKind::Job,
            body: Body { subject: Some("web-app".to_owned()), ..Body::default() },
            before: Default::default(),
        };
        let seen = |script: &str, is_of_task: bool| {
            let calls = if is_of_task { vec![(Span::default(), "scan".to_owned())] } else { Vec::new() };
            let origin = Origin { span: Span::default(), calls };
            let step = Step { name: None, script: script.to_owned(), kind: StepKind::Run, origin };
            let variables = ["WEB_APP_REF", "SUBJECT_REF", "LEVEL", "WEB_APP_HOST"];
            variables.into_iter().filter(|variable| node.sees(&step, variable)).collect::<Vec<_>>()
        };
        assert_eq!(seen("./scan.sh", false), ["WEB_APP_REF", "LEVEL", "WEB_APP_HOST"]);
        assert_eq!(seen("./scan.sh", true), ["SUBJECT_REF", "LEVEL", "WEB_APP_HOST"]);
        assert_eq!(seen("./scan.sh $SUBJECT_REF", false).len(), 4);
        assert_eq!(seen("./scan.sh $WEB_APP_REF", true).len(), 4);
    }
}
