//! The jobs of an output, in order.
//!
//! For a gate `unit` with an override, and a deploy to an environment with a window:
//!
//! ```text
//! plan                                 decides facts; refuses invalid overrides
//! unit                                 the gate
//! override-unit                        asks the gate's role, after it failed
//! wait-to-deploy-app-to-production     waits for the window
//! deploy-app-to-production             the deploy
//! verdict                              the check to require
//! record                               what ran
//! ```

use crate::acts::{Act, Does, Keep};
use crate::guard::Guard;
use crate::jobs::{HandOn, JobPlan, MINUTE, Role, Start, Timeout, Wait};
use crate::passes::Passes;
use crate::token::TokenUse;
use crate::value::{Part, Value};
use crate::verdict::{Judged, check_name};
use crate::{RECORD, VERDICT, windows};
use pipec_runtime::Script;

/// How long the verdict and the record may take, in milliseconds.
const TIMEOUT: u64 = 5 * MINUTE;

/// What the verdict hands on: the names of the jobs that were not due.
const NOT_DUE: &str = "not-due";

impl<'p> Passes<'_, 'p> {
    /// All jobs of a run.
    pub(crate) fn jobs(&self, judged: &[Judged]) -> Vec<JobPlan<'p>> {
        // A plan, the verdict and the record; few nodes have a second job.
        let mut jobs: Vec<JobPlan<'p>> = Vec::with_capacity(self.units.len().saturating_add(3));
        jobs.extend(self.plan());
        for (place, unit) in self.units.iter().enumerate() {
            let Some(node) = self.source.pipeline.node(unit.node) else { continue };
            let mut job = self.node(place, unit, node);
            if let Some(waiting) = windows::wait(self.source.program, node, &mut job) {
                jobs.push(waiting);
            }
            jobs.push(job);
            jobs.extend(self.ask_for_override(unit, node));
        }
        jobs.push(self.verdict(judged));
        let record = self.record(&jobs);
        jobs.push(record);
        jobs
    }

    /// It waits for all jobs that it judges.
    fn verdict(&self, judged: &[Judged]) -> JobPlan<'p> {
        let waits = judged.iter().map(|judged| Wait::end(judged.job.clone())).collect();
        let mut judge = Act::new("Every job that was due succeeded", Does::Judge);
        let names_absent = judged.iter().any(|judged| judged.due != Guard::Always);
        let absent = names_absent.then(|| HandOn::new(NOT_DUE, Value::output(VERDICT, NOT_DUE)));
        judge.id = names_absent.then(|| VERDICT.to_owned());
        JobPlan {
            hands_on: absent.into_iter().collect(),
            acts: vec![judge],
            ..self.last(VERDICT, Role::Verdict, "the check to require on protected branches", waits)
        }
    }

    /// It waits for all jobs. Names, results and outputs are all that it is given.
    fn record(&self, jobs: &[JobPlan<'p>]) -> JobPlan<'p> {
        let waits = jobs.iter().map(|job| Wait::end(job.id.clone())).collect();
        let path = Value::text(format!("{RECORD}.json"));
        let parameters = [("NODES", Value::text(self.record_lines())), ("NEEDS", Value::part(Part::Results))];
        let mut write = Act::fixed("Record the run", Script::RecordRun, parameters);
        if self.planned.admit_runs() {
            write = write.with("INPUTS", Value::part(Part::Inputs));
        }
        let keep = Keep { name: Value::text(RECORD), paths: path, is_required: true, is_compressed: false };
        JobPlan {
            token: vec![TokenUse::Times],
            acts: vec![write, Act::new("Keep the record", Does::Keep(keep))],
            ..self.last(RECORD, Role::Record, "what ran, kept with the run and shown as its summary", waits)
        }
    }

    fn last(&self, id: &str, role: Role, comment: &str, waits: Vec<Wait>) -> JobPlan<'p> {
        let name = if role == Role::Verdict {
            check_name(self.source.program, self.source.pipeline)
        } else {
            id.to_owned()
        };
        JobPlan {
            comments: vec![comment.to_owned()],
            waits,
            start: Start::Always,
            timeout: Timeout::Milliseconds(TIMEOUT),
            ..JobPlan::new(id.to_owned(), role, self.source.pipeline.origin.span, name)
        }
    }
}
