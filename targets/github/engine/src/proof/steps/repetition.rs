//! Gates that run several times: all runs are seen, and a green job means that enough of them passed.

use super::{Check, Kind};
use crate::proof::values;
use crate::read::workflow::Step;
use crate::read::yaml::Value;
use pipec_runtime::Script;

/// Whether the job goes on when the step fails.
pub(super) fn goes_on(step: &Step) -> bool {
    step.node.get("continue-on-error").map(|node| &node.value) == Some(&Value::Bool(true))
}

impl Check<'_, '_, '_> {
    /// Of a gate that is repeated, each script and measure says that it goes on, so that the others run; nothing else does, and the step
    /// that counts them is the last.
    pub(super) fn repetition(&mut self, kinds: &[Kind]) {
        if self.node.quorum().is_none() {
            return;
        }
        let minutes = self.node.body.timeout.div_ceil(60_000).max(1);
        let deciding = || kinds.iter().zip(&self.job.steps).filter(|(kind, _)| !kind.decides_nothing());
        for (kind, step) in deciding() {
            let bound = step.node.get("timeout-minutes").map(|node| &node.value);
            let is_run = kind.decides();
            let same_bound = match bound {
                Some(Value::Number(bound, _)) => {
                    is_run && u32::try_from(minutes).is_ok_and(|minutes| f64::from(minutes) == *bound)
                }
                Some(_) => false,
                None => !is_run,
            };
            if goes_on(step) != is_run
                || step.node.get("continue-on-error").is_some() != is_run
                || !same_bound
            {
                self.differs(
                    "a step goes on after errors where it may not, or stops where it must go on",
                    step.line,
                );
            }
        }
        let kept = |(kind, _): &(&Kind, &Step)| **kind != Kind::Keep;
        if deciding().rfind(kept).map(|(kind, _)| kind) != Some(&Kind::Runtime(Script::Quorum)) {
            self.differs("nothing counts its runs at the end", self.job.line);
        }
    }

    /// The step that counts is told how each script of each run ended, and no more.
    pub(super) fn quorum_step(&mut self, step: &Step) {
        let Some(quorum) = self.node.quorum() else { return };
        let scripts = self.node.body.steps.len() + self.node.body.measures.len();
        let reports = |step: &&Step| matches!(step.runtime_script(), Some(Script::Report(_)));
        let steps = self.job.steps.iter().filter(|step| goes_on(step) && !reports(step));
        let ids: Vec<&str> = steps.filter_map(|step| step.id.as_deref()).collect();
        let mut wanted = String::new();
        for (place, run) in ids.chunks(scripts.max(1)).enumerate() {
            wanted.push_str(&(place + 1).to_string());
            for id in run {
                wanted.push_str(&format!(" ${{{{ steps.{id}.outcome }}}}"));
            }
            wanted.push('\n');
        }
        let same = u64::try_from(ids.len()).is_ok_and(|ids| {
            u64::try_from(scripts).is_ok_and(|scripts| Some(ids) == scripts.checked_mul(quorum.times))
        }) && values::is(step.env("RUNS"), &wanted)
            && step.literal_env("SCRIPTS") == Some(scripts.to_string())
            && step.literal_env("QUORUM") == Some(quorum.quorum.to_string());
        if !same {
            self.differs("it counts something else than the runs that passed", step.line);
        }
    }
}
