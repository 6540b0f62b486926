//! Judges the jobs that ask a role to approve an override.
//!
//! Each asks for its own gate only, and succeeds only if somebody approved.

use super::judge::{Aspect, Judge};
use pipec_ir::Fact;
use pipec_model::{ConditionId, Job, Part};
use pipec_runtime::Script;
use pipec_runtime::names::{OVERRIDE, OVERRIDE_REASON};
use std::collections::BTreeSet;

/// What an approval leaves for later jobs and the record.
const OUTPUTS: [&str; 4] = ["approved-at", "approved-by", "expires", "review-by"];

impl Judge<'_, '_, '_> {
    /// An approval job does nothing but ask for the override of its own gate.
    pub fn approvals(&mut self) {
        for job in &self.graph.jobs {
            let Some(gate) = job.job.id.strip_prefix(OVERRIDE) else { continue };
            if !self.asks_for_approval(job.job, gate) {
                self.always(Aspect::Steps, &job.job.id, "does not ask for the approval of its gate");
            }
            if !hands_on_approval(job.job) {
                self.always(Aspect::Values, &job.job.id, "does not hand on who approved, and when");
            }
        }
    }

    fn asks_for_approval(&self, job: &Job, gate: &str) -> bool {
        let [step] = job.steps() else { return false };
        let environment = format!("{}-{}", self.source.pipeline.name, job.id);
        // All overrides of these programs expire after a day and are reviewed within three.
        let literals = [
            ("ENVIRONMENT", environment.as_str()),
            ("GATE", gate),
            ("EXPIRES", "86400"),
            ("REVIEW_WITHIN", "259200"),
        ];
        let parts =
            [("GH_TOKEN", Part::Token), ("REASON", Part::Fact(Fact::Input(OVERRIDE_REASON.to_owned())))];
        step.runs(Script::OverrideApproved)
            && step.condition == ConditionId::PLAIN
            && step.goes_on.is_none()
            && literals.iter().all(|(name, text)| step.env_literal(name) == Some(text))
            && parts.iter().all(|(name, part)| step.env(name).is_some_and(|given| given.is_part(part)))
            && step.env.len() == literals.len() + parts.len()
    }
}

fn hands_on_approval(job: &Job) -> bool {
    let step = job.steps().first().and_then(|step| step.id.clone()).unwrap_or_default();
    let given = job.outputs().iter().filter(|given| {
        let part = Part::StepOutput { step: step.clone(), output: given.name.to_string() };
        given.value.is_part(&part)
    });
    given.map(|given| &*given.name).collect::<BTreeSet<&str>>() == OUTPUTS.into()
}
