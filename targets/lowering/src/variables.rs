//! The variables that the scripts of a node see.
//!
//! For example, `env LEVEL = "3"` in a deploy of `app` to an environment with `secret TOKEN` becomes
//!
//! ```text
//! LEVEL        [Text("3")]
//! APP_PATH     [Scratch, Text("/artefacts/app")]
//! APP_DIGEST   [HandedOn(digest of app)]
//! TOKEN        [Secret("TOKEN")]
//! ```

use crate::passes::Passes;
use crate::units::Unit;
use crate::value::{Part, RunFact, Value, Variables};
use crate::{artefacts, credentials, previews};
use pipec_ir::{Node, Sidecar, TOKEN_VARIABLE, variable_part};
use std::borrow::Cow;

impl<'p> Passes<'_, 'p> {
    /// The variables of a node's scripts, in the order of their clauses.
    ///
    /// Artefacts, secrets and the token are last.
    pub(crate) fn variables(&self, node: &'p Node, unit: &Unit) -> Variables<'p> {
        let program = self.source.program;
        let of_legs = node.leg_variables();
        let differs = |variable: &str| of_legs.iter().any(|own| own.variable == variable);
        let own = program.bindings_of(node).filter(|binding| !differs(&binding.variable));
        let mut variables: Variables<'p> =
            own.map(|binding| (name(&binding.variable), self.texts().value(&binding.value, unit))).collect();
        variables.extend(artefacts::layout_variable(node));
        node.body.sidecars.iter().for_each(|sidecar| add_sidecar(&mut variables, sidecar));
        if program.preview_of(node).is_some() {
            variables.push((Cow::Borrowed(previews::VARIABLE), Value::fact(RunFact::PullRequest)));
        }
        let of_legs = of_legs.iter().map(|own| own.variable.as_str());
        variables.extend(of_legs.map(|own| (name(own), Value::part(Part::LegVariable(own)))));
        self.add_artefacts(&mut variables, node, unit);
        if let Some(outcomes) = self.source.pipeline.outcomes_of(node) {
            self.add_outcome(&mut variables, outcomes);
        }
        let secrets = program.secrets_of(node);
        variables.extend(secrets.map(|secret| {
            (name(&secret.variable), credentials::for_code_of(unit, credentials::value(secret)))
        }));
        // Without the token, scripts could not use what `may write` gives them.
        if !node.body.rights.is_empty() {
            variables.push((name(TOKEN_VARIABLE), credentials::for_code_of(unit, Value::part(Part::Token))));
        }
        variables
    }
}

fn name(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// Adds where a sidecar is.
fn add_sidecar<'p>(variables: &mut Variables<'p>, sidecar: &'p Sidecar) {
    let stem = variable_part(&sidecar.name);
    variables.push((format!("{stem}_HOST").into(), Value::part(Part::SidecarHost(sidecar))));
    if let Some(port) = sidecar.port {
        variables.push((format!("{stem}_PORT").into(), Value::part(Part::SidecarPort(sidecar, port))));
    }
}
