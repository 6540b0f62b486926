//! Overrides: the run in which one gate may fail, if its role approves that.
//!
//! Such a run has the facts of a push to its branch, with unknown changes. For example, for the gate `unit` with
//! `override by lead expires 1h review within 2d`, the job `override-unit` asks the role. It starts in a run that
//! overrides `unit`, after `unit` has failed. Jobs that wait for `unit` then need the success of `override-unit`
//! instead.

use crate::guard::Guard;
use crate::jobs::Reliance;
use crate::passes::Passes;
use crate::source::overriding;
use crate::units::{Runs, Unit};
use pipec_ir::{Event, Node, NodeKind};
use pipec_logic::Proposition;

/// The name of the job that asks the role of a gate.
pub fn job_name(gate: &Node) -> String {
    format!("override-{}", gate.name)
}

impl Passes<'_, '_> {
    /// The facts of a run with an override.
    fn override_facts(&self) -> Proposition {
        let facts = &self.source.facts;
        let push = facts.propositions().and(&facts.event(Event::Push), facts.valid());
        facts.propositions().all(&[push, facts.protected(), facts.unknown()])
    }

    /// The job of a gate in pushes.
    pub(crate) fn gate_unit(&self, gate: &Node) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.node == gate.id && unit.runs != Runs::Untrusted)
    }

    /// The job whose success can replace a gate's success. `None` if this job is in no run with an override of the
    /// gate.
    pub(crate) fn override_before(&self, unit: &Unit, gate: &Node) -> Option<String> {
        overriding(gate)?;
        let own = self.gate_unit(gate)?;
        let together = self.source.facts.propositions().and(&unit.due, &own.due);
        self.source.may_meet(&together, &self.override_facts()).then(|| job_name(gate))
    }

    /// The overrides that a deploy may rely on, in the order of their gates.
    pub(crate) fn relies_on(&self, unit: &Unit, node: &Node) -> Vec<Reliance> {
        if !matches!(node.kind, NodeKind::Deploy(_)) {
            return Vec::new();
        }
        let gates = self.source.pipeline.overridable().filter(|(gate, _)| node.before.contains(&gate.id));
        gates
            .filter_map(|(gate, overriding)| {
                Some(Reliance {
                    gate: gate.name.clone(),
                    asked_by: self.override_before(unit, gate)?,
                    job: self.gate_unit(gate)?.id.clone(),
                    expires: overriding.expires,
                })
            })
            .collect()
    }

    /// That the run overrides this gate, and the gate's role has approved it.
    pub(crate) fn is_overridden(&self, gate: &Node) -> Guard {
        Guard::all([Guard::Overrides(gate.name.clone()), Guard::Succeeded(job_name(gate))])
    }

    /// That the run overrides this gate, and it failed.
    pub(crate) fn override_is_due(&self, gate: &Node) -> Guard {
        let failed = self.gate_unit(gate).map_or(Guard::Never, |unit| Guard::Failed(unit.id.clone()));
        Guard::all([Guard::Overrides(gate.name.clone()), failed])
    }
}
