//! Repeated gates: all runs are complete, and enough of them passed.
//!
//! ```yaml
//! - name: 2 of 3 runs passed, or more      # the last step of a gate with `repeat 3 quorum 2` and one script
//!   env:
//!     RUNS: |
//!       1 ${{ steps.run-1.outcome }}
//!       2 success
//!       3 ${{ steps.run-3.outcome }}
//! # run 2 always counts, a finding: "it counts something else than the runs that passed"
//! ```
//!
//! The failures of its scripts are ignored, so that all runs take place.

use super::attempts::is_bound;
use super::{Check, Kind, acting, goes_on};
use pipec_model::{Does, Part, Step, Value};
use pipec_runtime::Script;

impl Check<'_, '_, '_> {
    /// Checks a repeated gate. Each script and measure has an ignored failure, so that the others run. No other step
    /// has one, and the last step counts the results.
    pub(super) fn repetition(&mut self, kinds: &[Kind]) {
        if self.node.quorum().is_none() {
            return;
        }
        let minutes = acting::time_forth(self.node).div_ceil(60_000).max(1);
        let steps = self.steps();
        let deciding = || kinds.iter().zip(steps).filter(|(kind, _)| !kind.decides_nothing());
        for (kind, step) in deciding() {
            let is_run = kind.decides();
            let same_bound = if is_run { is_bound(step, minutes) } else { step.limit.is_none() };
            if goes_on(step) != is_run || step.goes_on.is_some() != is_run || !same_bound {
                self.differs(
                    "a step goes on after errors where it may not, or stops where it must go on",
                    step.line,
                );
            }
        }
        let kept = |(kind, _): &(&Kind, &Step)| {
            !matches!(kind, Kind::SaveCache | Kind::CleanUp(_)) && !kind.is_loan()
        };
        if deciding().rfind(kept).map(|(kind, _)| kind) != Some(&Kind::Runtime(Script::Quorum)) {
            self.differs("nothing counts its runs at the end", self.job.line);
        }
    }

    /// Checks that the counting step has the outcomes of all scripts, and no more.
    pub(super) fn quorum_step(&mut self, step: &Step) {
        let Some(quorum) = self.node.quorum() else { return };
        let scripts = self.node.body.steps.len() + self.node.body.measures.len();
        let reports = |step: &&Step| matches!(step.does, Does::Runtime(Script::Report(_)));
        let counted = self.steps().iter().filter(|step| goes_on(step) && !reports(step));
        let ids: Vec<&str> = counted.filter_map(|step| step.id.as_deref()).collect();
        let mut wanted = Value::default();
        for (place, run) in ids.chunks(scripts.max(1)).enumerate() {
            wanted.push(Part::literal((place + 1).to_string()));
            for id in run {
                wanted.push(Part::literal(" "));
                wanted.push(Part::StepOutcome((*id).to_owned()));
            }
            wanted.push(Part::literal("\n"));
        }
        let same = u64::try_from(ids.len()).is_ok_and(|ids| {
            u64::try_from(scripts).is_ok_and(|scripts| Some(ids) == scripts.checked_mul(quorum.times))
        }) && step.env("RUNS").is_some_and(|runs| runs.is(&wanted))
            && step.env_literal("SCRIPTS") == Some(&scripts.to_string())
            && step.env_literal("QUORUM") == Some(&quorum.quorum.to_string());
        if !same {
            self.differs("it counts something else than the runs that passed", step.line);
        }
    }
}
