//! Overrides: a manual run in which one gate may fail, if its role approves that.
//!
//! Such a run has the facts of a push to its branch, with unknown changes. For GitHub it is a `workflow_dispatch`, so
//! conditions that ask for a push accept this event, too. `plan` refuses an invalid override, and every job waits for `plan`.

use super::Lowering;
use pipec_base::codes;
use pipec_ir::{Event, Node, Override, Trigger};
use pipec_lowering::{Nodes, override_job_name};
use pipec_runtime::names::{
    ORDINARY, OVERRIDE_COMMIT as COMMIT, OVERRIDE_GATE as GATE, OVERRIDE_REASON as REASON,
};
use pipec_yaml::{Mapping, Sequence};

impl Lowering<'_> {
    /// The inputs of a manual run, with those for overrides.
    pub(super) fn with_override_inputs(&self, inputs: Mapping<'static>) -> Mapping<'static> {
        if !self.pipeline.has_overrides() {
            return inputs;
        }
        let own = self.pipeline.starts_on(Event::Manual);
        let ordinary = own.then(|| ORDINARY.to_owned());
        let gates =
            ordinary.into_iter().chain(self.pipeline.overridable().map(|(gate, _)| gate.name.clone()));
        let required = |input: Mapping<'static>| if own { input } else { input.entry("required", true) };
        let mut gate = required(
            Mapping::new()
                .entry("description", "the gate to override, where it fails and its role approves that")
                .entry("type", "choice")
                .entry("options", Sequence::flow(gates)),
        );
        if own {
            gate = gate.entry("default", ORDINARY);
        }
        let text = |description: &'static str| {
            required(Mapping::new().entry("description", description).entry("type", "string"))
        };
        inputs
            .entry(GATE, gate)
            .entry(COMMIT, text("of an override: the commit it is for, the head of this branch, in full"))
            .entry(REASON, text("of an override: why, in one line"))
    }

    /// Refuses names that overrides need for themselves.
    pub(super) fn check_override_names(&self) {
        if !self.pipeline.has_overrides() {
            return;
        }
        let inputs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        });
        for input in inputs.flatten() {
            if [GATE, COMMIT, REASON].contains(&input.name.as_str()) {
                self.error(
                    codes::P1102,
                    &input.origin,
                    format!("`{}` is an input that the compiler adds for overrides", input.name),
                    "choose another name",
                );
            }
        }
        for (gate, overriding) in self.pipeline.overridable() {
            let name = override_job_name(gate);
            if let Some(other) = self.plans.units.iter().find(|unit| unit.id.eq_ignore_ascii_case(&name)) {
                self.error(
                    codes::P1102,
                    &overriding.origin,
                    format!("the job for this override has the name `{}` on GitHub, like a node", other.id),
                    "rename the node",
                );
            }
        }
    }

    /// Refuses an override that nobody could approve.
    pub(super) fn check_role(&self, gate: &Node, overriding: &Override) {
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
