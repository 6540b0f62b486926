//! The findings of the model and the prover.
//!
//! ```text
//! deploy:                       job: `deploy`
//!   needs: [unit]               line: that of the job
//!   if: "${{ !cancelled() }}"   message: "it starts, though `unit` has not passed"
//!                               counterexample: "push of branch `main`: `deploy` starts, though `unit` has not passed"
//! ```
//!
//! In the source, `unit` is a gate before `deploy`. The condition lacks `needs.unit.result == 'success'`.

/// A difference between the output and the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The job, if the finding is about one.
    pub job: Option<String>,
    /// The difference.
    pub message: String,
    /// The line of the output, from 1.
    pub line: usize,
    /// The run that shows it.
    pub counterexample: Option<String>,
    /// Whether the finding is no difference, but a proof over the compiler's limits.
    pub is_undecided: bool,
}

impl Finding {
    /// A difference of the whole file.
    pub fn of_file(message: impl Into<String>, line: usize) -> Finding {
        Finding { job: None, message: message.into(), line, counterexample: None, is_undecided: false }
    }

    /// A difference of one job.
    pub fn of_job(job: &str, message: impl Into<String>, line: usize) -> Finding {
        Finding::of_file(message, line).in_job(job)
    }

    /// A proof too large to decide.
    pub fn undecided(message: impl Into<String>, line: usize) -> Finding {
        Finding { is_undecided: true, ..Finding::of_file(message, line) }
    }

    /// The finding, limited to one job.
    pub fn in_job(self, job: &str) -> Finding {
        Finding { job: Some(job.to_owned()), ..self }
    }

    /// The finding with the run that shows it.
    pub fn shown_by(self, run: String) -> Finding {
        Finding { counterexample: Some(run), ..self }
    }
}
