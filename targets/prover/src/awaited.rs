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

/// Every value that asks about a job for which its own job does not wait.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    for job in gating.all_jobs() {
        for given in values(job) {
            if let Some(other) = read_too_early(&given.value, job) {
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

/// The first job that a value asks about, and that the given job does not wait for.
fn read_too_early<'v>(value: &'v Value, job: &Job) -> Option<&'v str> {
    let is_awaited = |id: &String| job.waits_for.contains(id);
    let of_part = |part: &'v Part| match part {
        Part::JobResult(id) => (!is_awaited(id)).then_some(id.as_str()),
        Part::JobOutput { jobs, .. } => jobs.iter().find(|id| !is_awaited(id)).map(String::as_str),
        Part::IfSet { job: id, .. } if !is_awaited(id) => Some(id.as_str()),
        Part::IfSet { then, otherwise, .. } => {
            read_too_early(then, job).or_else(|| read_too_early(otherwise, job))
        }
        _ => None,
    };
    value.parts().iter().find_map(of_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_model::{Legs, Mentions, Starts};

    fn read(part: Part) -> Option<String> {
        let job = Job {
            id: "deploy".to_owned(),
            line: 1,
            waits_for: ["app".to_owned()].into(),
            starts: Starts::Plain,
            legs: Legs {
                all: Vec::new(),
                is_split: false,
                is_unknown: false,
                listed_by: None,
                stop_each_other: false,
            },
            rights: None,
            environment: None,
            lock: None,
            timeout: None,
            ignores_failure: None,
            sidecars: None,
            is_in_container: false,
            mentions: Mentions::default(),
        };
        read_too_early(&Value::literal("of ").and(part), &job).map(str::to_owned)
    }

    fn output(jobs: &[&str]) -> Part {
        let jobs = jobs.iter().map(|job| (*job).to_owned()).collect();
        Part::JobOutput { jobs, output: "digest".to_owned() }
    }

    fn either(job: &str, then: Part) -> Part {
        let (then, otherwise) = (Value::of([then]), Value::default());
        Part::IfSet { job: job.to_owned(), output: "digest".to_owned(), then, otherwise }
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
