//! Retries: a green job means that all scripts of one attempt succeeded.
//!
//! The attempt started from the same state as the first, and no script of another attempt ran after it began.
//!
//! ```yaml
//! - id: try-1              # retry 1 because "the mirror is slow"
//!   run: make
//! - id: attempt-2          # ends the processes of the first attempt, and empties the folder
//!   if: ${{ steps.try-1.outcome == 'failure' }}
//! # `try-1` has no `continue-on-error`, so the job fails and `attempt-2` never runs, a finding:
//! # "a failure ends the job where another attempt follows, or counts for nothing where none does"
//! ```

use super::{Check, Kind, acting, goes_on};
use pipec_logic::{Proposition, Propositions};
use pipec_model::{Does, Given, Limit, Step, Value};
use pipec_runtime::Script;

/// The steps of the first attempt: everything before the second begins.
pub(super) fn first(kinds: &[Kind]) -> &[Kind] {
    kinds.split(|kind| *kind == Kind::Runtime(Script::Again)).next().unwrap_or_default()
}

/// The state of the attempts in the simulation of a job.
pub(super) struct Progress {
    /// That the current attempt has begun.
    begun: Proposition,
    /// That every script of the current attempt so far has succeeded.
    whole: Proposition,
    /// That a script of the current attempt has failed.
    failed: Proposition,
    /// That an earlier attempt succeeded completely.
    passed: Proposition,
}

impl Progress {
    /// The state before the first attempt, which begins with its job.
    pub(super) fn new(logic: &Propositions) -> Progress {
        Progress {
            begun: logic.truth(),
            whole: logic.truth(),
            failed: logic.falsehood(),
            passed: logic.falsehood(),
        }
    }

    /// That a step of this kind may run. Another attempt needs a failure, its preparation needs its beginning, and
    /// later steps need one complete attempt.
    pub(super) fn turn(&self, kind: &Kind, logic: &Propositions) -> Proposition {
        match kind {
            Kind::Runtime(Script::Again) => self.failed.clone(),
            _ if kind.decides() || kind.is_brought() => self.begun.clone(),
            _ => self.has_passed(logic),
        }
    }

    /// That one complete attempt has succeeded.
    pub(super) fn has_passed(&self, logic: &Propositions) -> Proposition {
        logic.or(&self.passed, &self.whole)
    }

    /// Adds the end of a step.
    pub(super) fn ended(
        &mut self,
        kind: &Kind,
        done: &Proposition,
        failed: &Proposition,
        logic: &Propositions,
    ) {
        if *kind == Kind::Runtime(Script::Again) {
            *self = Progress {
                begun: done.clone(),
                whole: done.clone(),
                failed: logic.falsehood(),
                passed: self.has_passed(logic),
            };
        } else if kind.decides() {
            self.whole = logic.and(&self.whole, done);
            self.failed = logic.or(&self.failed, failed);
        }
    }
}

impl Kind {
    /// Whether it prepares state that a script may change. Each attempt needs it again.
    fn is_brought(&self) -> bool {
        let is_fixed = matches!(self, Kind::Runtime(Script::SecretFile | Script::ImageFolder));
        let is_action = matches!(self, Kind::Checkout | Kind::RestoreCache | Kind::Identity);
        is_fixed || is_action || self.verifies()
    }
}

impl Check<'_, '_, '_> {
    /// Proves that each attempt has the steps of the first. They are its preparation and then all scripts, in the same
    /// order. Only the failure of the last counts, and each script has the node's timeout.
    pub(super) fn attempts(&mut self, kinds: &[Kind]) {
        let attempts = self.node.attempts();
        let Some(retry) = self.node.retry() else { return };
        let is_begin = |(kind, _): &(&Kind, &Step)| **kind == Kind::Runtime(Script::Again);
        // A loan begins and ends between the scripts that hold it, in each attempt.
        let all: Vec<(&Kind, &Step)> =
            kinds.iter().zip(self.steps()).filter(|(kind, _)| !kind.is_loan()).collect();
        let parts: Vec<&[(&Kind, &Step)]> = all.split(is_begin).collect();
        let begins: Vec<&Step> = all.iter().filter(|pair| is_begin(pair)).map(|(_, step)| *step).collect();
        let mut wrong: Vec<(usize, &str)> = Vec::new();
        let minutes = acting::time_forth(self.node).div_ceil(60_000).max(1);
        let scripts = self.node.body.steps.len();
        let brought_first: Vec<_> = parts.first().copied().into_iter().flat_map(brought).collect();
        for (place, part) in parts.iter().enumerate() {
            let is_last = place + 1 == parts.len();
            let of_part: Vec<usize> = part
                .iter()
                .filter_map(|(kind, _)| match kind {
                    Kind::Script(script) => Some(*script),
                    _ => None,
                })
                .collect();
            let line = part.first().map_or(self.job.line, |(_, step)| step.line);
            if !of_part.iter().copied().eq(place * scripts..(place + 1) * scripts) {
                wrong.push((line, "an attempt is not all scripts of its node"));
            }
            if brought(part).collect::<Vec<_>>() != brought_first {
                wrong.push((line, "an attempt does not find what the first one found"));
            }
            let mut is_behind = false;
            for (kind, step) in *part {
                let is_script = matches!(kind, Kind::Script(_));
                is_behind |= is_script;
                let in_place = match kind {
                    Kind::Script(_) => true,
                    // After a script, it would change the state for the next script.
                    _ if kind.is_brought() => !is_behind,
                    _ if is_behind => is_last,
                    _ => place == 0,
                };
                if !in_place {
                    wrong.push((step.line, "it does something else between its attempts"));
                }
                let says = step.goes_on.is_some();
                if is_script && (says == is_last || says != goes_on(step)) {
                    wrong.push((step.line, "a failure ends the job where another attempt follows, or counts for nothing where none does"));
                }
                // The next attempt recognises processes of the script by this name.
                if is_script && !step.id.as_ref().is_some_and(|id| id.starts_with("try-")) {
                    wrong.push((step.line, "it does not end what a script of an attempt leaves running"));
                }
                if is_script && !is_bound(step, minutes) {
                    wrong.push((step.line, "an attempt may take longer than its node, or not as long"));
                }
            }
        }
        for (place, step) in begins.iter().enumerate() {
            let expected = [
                ("NODE", self.node.name.clone()),
                ("ATTEMPT", (place + 2).to_string()),
                ("ATTEMPTS", attempts.to_string()),
                ("BECAUSE", retry.because.clone()),
            ];
            if expected.iter().any(|(name, value)| step.env_literal(name) != Some(value)) {
                wrong.push((step.line, "it says something else of its attempts than the source"));
            }
        }
        for (line, what) in wrong {
            self.differs(what, line);
        }
    }
}

/// A preparation of an attempt: its effect and all its values.
type Brought<'s> = (&'s Kind, &'s Does, Vec<(&'s str, &'s Value)>, &'s Option<Value>);

fn brought<'s>(part: &'s [(&'s Kind, &'s Step)]) -> impl Iterator<Item = Brought<'s>> {
    part.iter().filter(|(kind, _)| kind.is_brought()).map(|(kind, step)| {
        let inputs = step.action.iter().flat_map(|action| &action.inputs);
        let given = |given: &'s Given| (&*given.name, &given.value);
        (*kind, &step.does, step.env.iter().chain(inputs).map(given).collect(), &step.directory)
    })
}

/// Whether a step has exactly this time limit, in minutes.
pub(super) fn is_bound(step: &Step, minutes: u64) -> bool {
    let minutes = u32::try_from(minutes).map(f64::from);
    matches!(step.limit, Some(Limit::Minutes(limit)) if minutes == Ok(limit))
}
