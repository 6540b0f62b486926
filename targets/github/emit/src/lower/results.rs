//! The size of what the last jobs are told: the results of all jobs, in JSON.
//!
//! `toJSON(needs)` becomes one variable of a step. Linux takes at most 128 KiB of a variable (`MAX_ARG_STRLEN` in
//! `include/uapi/linux/binfmts.h`), and a step with more can't start. A job of 180 legs that build hands on 180 digests:
//!
//! ```text
//! "app": {
//!   "result": "success",
//!   "outputs": {
//!     "digest-1": "sha256:…",      about 90 bytes for each leg
//! ```

use super::Lowering;
use crate::document::{Job, Step};
use pipec_base::{Diagnostic, codes};
use pipec_lowering::{PLAN, RECORD};

/// The most bytes of `NEEDS=` and its value, with the byte that ends it.
const LARGEST_VARIABLE: usize = 131_072;

/// The result of a job with its punctuation: `  "": {\n    "result": "cancelled",\n    "outputs": {\n    }\n  },\n`.
const PER_JOB: usize = 64;

/// The punctuation of an output: `      "": "",\n`.
const PER_OUTPUT: usize = 14;

/// The longest digest, `sha256:` and 64 digits.
const DIGEST: usize = 71;

/// The longest text that a job hands on otherwise, such as the people who approved or a list of pull requests.
const OTHER: usize = 4096;

impl Lowering<'_> {
    /// Refuses a pipeline whose results might not fit into one variable.
    pub(super) fn check_results(&self, jobs: &[Job]) {
        let needed = jobs.iter().filter(|job| *job.id != *RECORD);
        let most = "NEEDS={\n}\0".len() + needed.map(most_bytes).sum::<usize>();
        if most > LARGEST_VARIABLE {
            let name = &self.pipeline.name;
            let message = format!("the results of all jobs of `{name}` may have {most} bytes");
            let diagnostic = Diagnostic::error(codes::P1103, message, self.pipeline.origin.span)
                .note(format!(
                    "the verdict and the record get them in one variable, which may have {LARGEST_VARIABLE} bytes"
                ))
                .help("build in fewer legs, or split the pipeline");
            self.diagnostics.borrow_mut().push(self.pipeline.origin.explain(diagnostic));
        }
    }
}

/// The most bytes that the result of a job has in JSON.
fn most_bytes(job: &Job) -> usize {
    let outputs = job.outputs.iter().map(|(name, _)| name.len() + PER_OUTPUT + longest(job, name));
    job.id.len() + PER_JOB + outputs.sum::<usize>()
}

/// The longest value of an output, in JSON.
fn longest(job: &Job, output: &str) -> usize {
    let is_fact = *job.id == *PLAN && !matches!(output, "baseline" | "unknown");
    match output {
        "digest" => DIGEST,
        name if name.starts_with("digest-") => DIGEST,
        "outcome" => "exempt".len(),
        // In JSON, every character of a reason may be escaped.
        "reason" => 2 * job.steps.iter().filter_map(reason).max().unwrap_or_default(),
        "approved-at" | "expires" | "review-by" => "2026-11-21T10:00:00Z".len(),
        _ if is_fact => "false".len(),
        _ => OTHER,
    }
}

/// The length of the reason that a step gives.
fn reason(step: &Step) -> Option<usize> {
    let (_, reason) = step.env.iter().find(|(name, _)| name == "REASON")?;
    Some(reason.source().len())
}
