//! The waits of a node's job.
//!
//! Every job before it is listed, and each must have succeeded, even if a nearer job also waits for it: safety must not
//! depend on an engine that stops after a failure. For example, in
//!
//! ```text
//! stage release when branch is main { deploy app to production }     # after gate unit and artefact app
//! ```
//!
//! the deploy waits for `unit` and for `app`. A job that is never in a run with this one is left out. If an earlier job
//! is only in some runs with this one, the wait states when, because in other runs there is no job to wait for.

use crate::PLAN;
use crate::guard::Guard;
use crate::jobs::Wait;
use crate::passes::Passes;
use crate::units::{self, Unit};
use pipec_ir::Node;
use std::rc::Rc;

impl Passes<'_, '_> {
    /// The nodes that a job waits for: all before it except advisory gates.
    fn awaited(&self, unit: &Unit) -> Vec<&Node> {
        let pipeline = self.source.pipeline;
        let Some(node) = pipeline.node(unit.node) else { return Vec::new() };
        let before = node.before.iter().filter_map(|id| pipeline.node(*id));
        before.filter(|before| before.id != node.id && !before.is_advisory()).collect()
    }

    /// The waits of a node's job. `reads_the_plan` says whether its acts use planned facts.
    pub(crate) fn waits(&self, unit: &Unit, due: &Guard, reads_the_plan: bool) -> Vec<Wait> {
        let runs_at_all = self.source.may_meet(&unit.due, self.source.facts.valid());
        let mut waits = Vec::new();
        for node in self.awaited(unit) {
            let met = units::meeting(self.source, self.units, unit, node);
            if !met.is_empty() {
                waits.push(self.wait(unit, node, &met));
            } else if !runs_at_all {
                waits.push(self.wait(unit, node, &units::of(self.units, node).collect::<Vec<_>>()));
            }
        }
        if self.waits_for_the_plan(due, &waits, reads_the_plan) {
            waits.insert(0, Wait::success(PLAN));
        }
        waits
    }

    /// The wait for the jobs of one node.
    fn wait(&self, unit: &Unit, node: &Node, before: &[&Unit]) -> Wait {
        let mut jobs: Vec<Rc<str>> = before.iter().map(|before| Rc::clone(&before.id)).collect();
        let mut passed = Guard::any(jobs.iter().cloned().map(Guard::Succeeded));
        if let Some(job) = self.override_before(unit, node) {
            jobs.push(job.into());
            passed = Guard::any([passed, self.is_overridden(node)]);
        }
        let is_due_whenever = match before {
            [only] => self.source.implies(&unit.due, &only.due),
            _ => {
                let propositions = self.source.facts.propositions();
                self.source.implies(&unit.due, &propositions.any(before.iter().map(|before| &before.due)))
            }
        };
        let due = if is_due_whenever {
            Guard::Always
        } else {
            Guard::any(before.iter().map(|before| self.due_where(before, &unit.due)))
        };
        Wait { jobs, passed, due }
    }

    fn waits_for_the_plan(&self, due: &Guard, waits: &[Wait], reads_the_plan: bool) -> bool {
        self.planned.need_a_job()
            && (self.planned.admit_runs()
                || reads_the_plan
                || due.asks_the_plan()
                || waits.iter().any(Wait::asks_the_plan))
    }
}
