//! Judges when jobs start.
//!
//! No job starts too early or where it may not, and none is left out.

use super::judge::{Aspect, Case, Judge};
use super::walk::Walk;
use crate::brute_force::model::Event;
use pipec_model::{JobResult, RunEvent};
use pipec_runtime::names::OVERRIDE;

impl Judge<'_, '_, '_> {
    /// Every node has a job.
    pub fn all_nodes_have_jobs(&mut self) {
        let without = self.jobs_of.iter().filter(|(_, jobs)| jobs.is_empty());
        for name in without.map(|(place, _)| self.names[place].clone()).collect::<Vec<_>>() {
            self.always(Aspect::Start, &name, "has no job");
        }
    }

    /// A run that the source admits begins, if it has something to do.
    pub fn never_begins(&mut self, case: &Case) {
        let due = self.names.iter().find(|(place, _)| case.is_due(**place));
        if let Some(name) = due.map(|(_, name)| name.clone()) {
            self.find(Aspect::Start, &name, "does not start, since the run does not begin", case);
        }
    }

    /// A trigger of the source names every run that begins, whatever its jobs do.
    pub fn begins(&mut self, case: &Case) {
        let begun = &case.begun;
        let is_own = self.source.is_dispatched(begun) || self.source.is_named(begun);
        if !is_own {
            self.find(Aspect::Start, "", "begins, though no trigger lets this run in", case);
        }
    }

    /// No event that the source lacks triggers runs.
    pub fn triggers(&mut self) {
        if self.graph.triggers.iter().any(|trigger| matches!(trigger.event, RunEvent::Other)) {
            self.always(Aspect::Start, "", "begins on an event that no trigger names");
        }
    }

    /// What the jobs can depend on in a run.
    ///
    /// That is which stages are due, which gates are exempt or overridden, what the plan decides, and which jobs start.
    pub fn kind(&self, case: &Case, walk: &Walk) -> Vec<bool> {
        let begun = &case.begun;
        let run = [case.is_admitted, begun.overriding.is_some(), begun.on_tag, begun.run.fork, begun.of_bot];
        let run = run.into_iter().chain(Event::ALL.map(|event| begun.run.event == event));
        let nodes = self.source.order.places.iter().map(|place| self.source.node(*place));
        let exempt = nodes.clone().map(|node| self.source.is_exempt(node, begun));
        let named = begun.overriding.as_ref().and_then(|overriding| overriding.gate.as_deref());
        let overridden = nodes.map(|node| named == Some(node.name.as_str()));
        let facts = self.graph.jobs.iter().flat_map(|job| &job.facts);
        let planned = facts.map(|(variable, _)| walk.model.is_true(*variable));
        case.due
            .iter()
            .copied()
            .chain(run)
            .chain(exempt)
            .chain(overridden)
            .chain(planned)
            .chain(walk.started.iter().copied())
            .collect()
    }

    /// A job starts only if its node is due and its predecessors have passed.
    ///
    /// Only predecessors that are due count. No twin starts beside the job.
    pub fn order(&mut self, case: &Case, walk: &Walk) {
        for job in (0..self.graph.jobs.len()).filter(|job| walk.started[*job]) {
            let id = self.id(job);
            let Some(place) = self.node_of[job] else {
                if let Some(gate) = id.strip_prefix(OVERRIDE)
                    && !self.is_open(gate, case, walk)
                {
                    self.find(
                        Aspect::Start,
                        id,
                        "starts, though its gate was not overridden or did not fail",
                        case,
                    );
                }
                continue;
            };
            if !case.is_admitted {
                self.find(Aspect::Start, id, "starts, though no trigger lets this run in", case);
                continue;
            }
            if !case.is_due(place) {
                self.find(Aspect::Start, id, "starts, though its stage is not in this run", case);
                continue;
            }
            for before in self.source.order.places.clone() {
                let is_awaited = self.source.order.is_before(before, place)
                    && case.is_due(before)
                    && !self.is_advisory(self.source.node(before));
                if is_awaited && !self.has_passed(before, case, walk) {
                    let what = format!("starts, though `{}` has not passed", self.names[&before]);
                    self.find(Aspect::Start, id, what, case);
                }
            }
            let twins = self.jobs_of[&place].iter().filter(|other| walk.started[**other]);
            if twins.count() > 1 {
                self.find(Aspect::Start, id, "starts beside its twin", case);
            }
            let is_twin = id != self.names[&place];
            if is_twin && case.begun.run.is_trusted() {
                self.find(Aspect::Start, id, "starts, though the run is trusted", case);
            }
        }
    }

    /// Whether the run overrides a gate that has failed.
    fn is_open(&self, gate: &str, case: &Case, walk: &Walk) -> bool {
        let named = case.begun.overriding.as_ref().and_then(|overriding| overriding.gate.as_deref());
        let own = self.graph.place_of(gate);
        case.is_admitted
            && named == Some(gate)
            && own.is_some_and(|own| walk.ended[own] == JobResult::Failure)
    }

    /// Where only the gate failed that the run overrides, its role is asked.
    pub fn role_is_asked(&mut self, case: &Case, walk: &Walk, forced: &[(usize, JobResult)]) {
        let [(job, JobResult::Failure)] = forced else { return };
        let gate = self.id(*job);
        let asks = self.graph.place_of(&format!("{OVERRIDE}{gate}"));
        let is_asked = asks.is_some_and(|asks| walk.started[asks]);
        if walk.started[*job] && self.is_open(gate, case, walk) && !is_asked {
            self.find(Aspect::Start, gate, "has failed, and nobody is asked for its override", case);
        }
    }

    /// Where nothing failed that counts, every node that is due starts.
    pub fn may_go_on(&mut self, case: &Case, walk: &Walk, forced: &[(usize, JobResult)]) {
        let counts_not = |(job, result): &(usize, JobResult)| {
            let Some(place) = self.node_of[*job] else { return false };
            let is_overridden = self.is_overridden(self.id(*job), case, walk);
            let may_fail = self.is_advisory(self.source.node(place)) || is_overridden;
            walk.started[*job] && *result == JobResult::Failure && may_fail
        };
        if !case.is_admitted || !forced.iter().all(counts_not) {
            return;
        }
        for place in self.source.order.places.clone() {
            let starts = self.jobs_of[&place].iter().any(|job| walk.started[*job]);
            if case.is_due(place) && !starts {
                let name = self.names[&place].clone();
                self.find(Aspect::Start, &name, "does not start, though it is due and nothing failed", case);
            }
        }
    }
}
