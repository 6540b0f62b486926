//! Overrides: a manual run in which one gate may fail, if its role approves that.
//!
//! Such a run has the facts of a push to its branch, with unknown changes. For GitHub it is a `workflow_dispatch`, so
//! conditions that ask for a push accept this event, too. `plan` refuses an invalid override, and every job waits for `plan`.

use super::Lowering;
use pipec_ir::Event;
use pipec_lowering::Nodes;
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
}
