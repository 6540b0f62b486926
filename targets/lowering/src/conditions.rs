//! From the condition of a stage to the guard of its jobs.
//!
//! For example, if the engine can't compare the tag, `tag is "v*" and not fork` becomes
//! `All([Planned("tag-is-v"), Not(Atom(fork))])`.

use crate::expressive::Decision;
use crate::guard::Guard;
use crate::passes::Passes;
use crate::planned::{Test, test_of};
use crate::units::{Runs, Unit};
use pipec_ir::{Change, Condition, Event, Exemption, Gate};
use pipec_logic::Proposition;

impl Passes<'_, '_> {
    /// The guard for a condition.
    pub(crate) fn condition(&self, condition: &Condition) -> Guard {
        match condition {
            Condition::Always => Guard::Always,
            Condition::All(parts) => Guard::all(parts.iter().map(|part| self.condition(part))),
            Condition::Any(parts) => Guard::any(parts.iter().map(|part| self.condition(part))),
            Condition::Not(part) => self.condition(part).negated(),
            Condition::Changed(changes) => Guard::any(changes.iter().map(|change| self.changed(change))),
            atom => self.atom(atom),
        }
    }

    fn atom(&self, atom: &Condition) -> Guard {
        match self.engine.decision(atom) {
            Decision::Known(true) => Guard::Always,
            Decision::Known(false) => Guard::Never,
            Decision::ByTheEngine => Guard::Atom(atom.clone()),
            Decision::ByThePlan => {
                let place = test_of(atom).and_then(|test| self.planned.place(&test));
                place.map_or(Guard::Never, Guard::Planned)
            }
        }
    }

    /// The guard that an event started the run.
    pub(crate) fn event(&self, event: Event) -> Guard {
        self.atom(&Condition::Event(event))
    }

    /// The guard that a path of this kind or glob may have changed.
    fn changed(&self, change: &Change) -> Guard {
        self.planned.place(&Test::changed(change)).map_or(Guard::Never, Guard::Planned)
    }

    /// The guard that the plan knows that no such path has changed.
    fn unchanged(&self, change: &Change) -> Guard {
        self.planned.place(&Test::changed(change)).map_or(Guard::Never, Guard::PlannedNot)
    }

    /// The guards under which a gate is exempt, each with its reason.
    ///
    /// The job of an exempt gate starts and says so, because a skipped job proves nothing.
    pub(crate) fn exemptions(&self, gate: &Gate) -> Vec<(Guard, String)> {
        let rules = gate.exemptions.iter().map(|rule| {
            let exempt = match &rule.when {
                Exemption::UnlessChanged(changes) => {
                    Guard::all(changes.iter().map(|change| self.unchanged(change)))
                }
                Exemption::OnFork => self.atom(&Condition::Fork),
            };
            (exempt, rule.because.clone())
        });
        rules.filter(|(exempt, _)| *exempt != Guard::Never).collect()
    }

    /// The guard under which a job is due.
    pub(crate) fn due(&self, unit: &Unit) -> Guard {
        let Some((_, stage)) = self.stage_of(unit) else { return Guard::Never };
        self.due_in(unit, self.source.facts.valid(), self.condition(&stage.condition))
    }

    /// The guard under which a job is due, in runs that satisfy a proposition.
    ///
    /// It omits what the proposition implies.
    pub(crate) fn due_where(&self, unit: &Unit, known: &Proposition) -> Guard {
        let Some((stage, _)) = self.stage_of(unit) else { return Guard::Never };
        let parts = self.source.facts.conjuncts(stage);
        let open = parts.iter().filter(|(_, holds)| !self.source.implies(known, holds));
        let condition = Guard::all(open.map(|(part, _)| self.condition(part)));
        self.due_in(unit, known, condition)
    }

    /// The condition of the stage, without the events that the job is not meant for.
    fn due_in(&self, unit: &Unit, known: &Proposition, condition: Guard) -> Guard {
        let Some((id, stage)) = self.stage_of(unit) else { return Guard::Never };
        let facts = &self.source.facts;
        let propositions = facts.propositions();
        let mut holds = propositions.and(known, &facts.stage_condition(id));
        let mut parts = vec![condition];
        let mut excluded = Vec::new();
        if !stage.runs_on_schedule {
            excluded.push(Event::Schedule);
        }
        let of_unreviewed_code = [Event::PullRequest, Event::MergeQueue];
        match unit.runs {
            Runs::All => {}
            Runs::Trusted => excluded.extend(of_unreviewed_code),
            Runs::Untrusted => {
                if !self.source.implies(&holds, &facts.untrusted()) {
                    parts.push(Guard::any(of_unreviewed_code.map(|event| self.event(event))));
                }
            }
        }
        for event in excluded {
            let on_event = facts.event(event);
            if self.source.may_meet(&holds, &on_event) {
                parts.push(self.event(event).negated());
                holds = propositions.and_not(&holds, &on_event);
            }
        }
        Guard::all(parts)
    }
}
