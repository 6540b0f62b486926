//! Secrets: variables of the steps that run the user's scripts, or files.

use super::Lowering;
use crate::document::Step;
use crate::template::Template;
use pipec_ir::{Node, NodeKind, Secret};
use pipec_lowering::{Runs, Unit};
use pipec_runtime::{Dialect, Script};

impl Lowering<'_> {
    /// The secrets that a job sees: its node's own, and in a deploy its environment's.
    pub(super) fn secrets<'b>(&'b self, node: &'b Node) -> impl Iterator<Item = &'b Secret> {
        let environment = match &node.kind {
            NodeKind::Deploy(deploy) => self.program.environments.get(&deploy.environment),
            _ => None,
        };
        node.body.secrets.iter().chain(environment.into_iter().flat_map(|environment| &environment.secrets))
    }

    /// Their variables. Where the code was not reviewed there are none to give: the variables are empty.
    pub(super) fn secret_variables(&self, node: &Node, unit: &Unit) -> Vec<(String, Template)> {
        let value = |secret: &Secret| match (unit.runs, secret.file) {
            (Runs::Untrusted, _) => Template::default(),
            (_, true) => file(secret),
            (_, false) => stored(secret),
        };
        self.secrets(node).map(|secret| (secret.variable.clone(), value(secret))).collect()
    }

    /// The value of one of them.
    pub(super) fn secret_value(&self, name: &str, node: &Node, unit: &Unit) -> Option<Template> {
        let mut variables = self.secret_variables(node, unit).into_iter();
        variables.find(|(variable, _)| variable == name).map(|(_, value)| value)
    }

    /// The steps that write those that are files.
    pub(super) fn secret_file_steps(&self, node: &Node, unit: &Unit) -> Vec<Step> {
        if unit.runs == Runs::Untrusted {
            return Vec::new();
        }
        self.secrets(node).filter(|secret| secret.file).map(file_step).collect()
    }
}

/// The step that writes one to its file.
pub(super) fn file_step(secret: &Secret) -> Step {
    Step::run(format!("Write {} to a file", secret.variable), Script::SecretFile.text(Dialect::GitHub))
        .with_env("SECRET", stored(secret))
        .with_env("FILE", file(secret))
}

/// What is stored on GitHub.
pub(super) fn stored(secret: &Secret) -> Template {
    Template::expression(format!("secrets.{}", secret.variable))
}

/// The file of one that is one.
pub(super) fn file(secret: &Secret) -> Template {
    Template::expression("runner.temp").and_text(format!("/secrets/{}", secret.variable))
}
