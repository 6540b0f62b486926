//! A job reads results and outputs only of jobs that it waits for.
//!
//! ```text
//! deploy-app-to-production:
//!   waits for `app`
//!   GATE: the result of `tests`      a finding: nobody knows how `tests` ends when this job starts
//! ```
//!
//! An engine gives an empty text for such a result, or one that may still change.

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_model::{Finding, Given, Job, Part, Value};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Every value that asks about a job for which its own job does not wait.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    for job in gating.all_jobs() {
        let awaited = Awaited { jobs: &job.waits_for, ids: OnceCell::new() };
        for given in values(job) {
            if let Some(other) = awaited.first_other(&given.value) {
                let what = format!("`{}` reads `{other}`, and the job does not wait for it", given.name);
                ledger.add(Broken::Everything, Finding::of_job(&job.id, what, given.line));
            }
        }
    }
}

/// All variables and outputs of a job.
fn values(job: &Job) -> impl Iterator<Item = &Given> {
    let of_legs = job.legs.all.iter().flat_map(|leg| {
        let of_steps = leg.steps.iter().flat_map(|step| &step.env);
        of_steps.chain(&leg.outputs)
    });
    let of_sidecars = job.sidecars.iter().flatten().flat_map(|sidecar| &sidecar.env);
    of_legs.chain(of_sidecars)
}

/// The jobs that a job waits for. Most jobs have no value that asks about another.
struct Awaited<'j> {
    jobs: &'j [String],
    ids: OnceCell<BTreeSet<&'j str>>,
}

impl Awaited<'_> {
    /// The first job that a value asks about although it is not awaited.
    fn first_other<'v>(&self, value: &'v Value) -> Option<&'v str> {
        let unless_awaited = |id: &'v String| (!self.has(id)).then_some(id.as_str());
        let of_part = |part: &'v Part| match part {
            Part::JobResult(id) => unless_awaited(id),
            Part::JobOutput { jobs, .. } => jobs.iter().find_map(unless_awaited),
            Part::IfSet(either) => {
                let asked = unless_awaited(&either.job).or_else(|| self.first_other(&either.then));
                asked.or_else(|| self.first_other(&either.otherwise))
            }
            _ => None,
        };
        value.parts().iter().find_map(of_part)
    }

    fn has(&self, id: &str) -> bool {
        let ids = || self.jobs.iter().map(String::as_str).collect();
        self.ids.get_or_init(ids).contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_model::IfSet;

    fn read(part: Part) -> Option<String> {
        let awaited = Awaited { jobs: &["app".to_owned()], ids: OnceCell::new() };
        awaited.first_other(&Value::literal("of ").and(part)).map(str::to_owned)
    }

    fn output(jobs: &[&str]) -> Part {
        let jobs = jobs.iter().map(|job| (*job).to_owned()).collect();
        Part::JobOutput { jobs, output: "digest".to_owned() }
    }

    fn either(job: &str, then: Part) -> Part {
        let (job, output) = (job.to_owned(), "digest".to_owned());
        Part::IfSet(Box::new(IfSet { job, output, then: Value::of([then]), otherwise: Value::default() }))
    }

    #[test]
    fn a_job_may_read_what_it_waits_for() {
        for part in [
            Part::JobResult("app".to_owned()),
            output(&["app"]),
            either("app", output(&["app"])),
            Part::AllResults,
        ] {
            assert_eq!(read(part.clone()), None, "{part:?}");
        }
    }

    #[test]
    fn a_job_may_not_read_what_it_does_not_wait_for() {
        for part in [
            Part::JobResult("tests".to_owned()),
            output(&["app", "tests"]),
            either("tests", output(&["app"])),
            either("app", output(&["tests"])),
        ] {
            assert_eq!(read(part.clone()).as_deref(), Some("tests"), "{part:?}");
        }
    }
}
