//! Engines that decide which jobs exist before any job has run.
//!
//! The findings of the plan come too late for the condition of a job there. So they become the condition of its acts. For
//! example, `when event is push and changed "docs/**"` becomes
//!
//! ```text
//! job publish   due: event is push
//!               acts, each when: the plan found changed-docs
//! ```
//!
//! In a push that changed no docs, the job exists, does nothing and succeeds. So later jobs need not know whether it was
//! due, and the verdict expects its success.

use crate::guard::Guard;
use crate::jobs::{JobPlan, Start};
use crate::verdict::Judged;

/// Moves what the plan finds from the conditions of jobs to those of their acts.
pub(crate) fn move_into_jobs(jobs: &mut [JobPlan<'_>], judged: &mut [Judged]) {
    for job in jobs {
        if let Start::If(due) | Start::AfterSuccess(due) | Start::Afterwards(due) = &mut job.start
            && due.asks_the_plan()
        {
            let inside = due.after_the_plan();
            *due = due.before_the_plan();
            for act in &mut job.acts {
                act.when = Guard::all([inside.clone(), std::mem::replace(&mut act.when, Guard::Always)]);
            }
        }
        for wait in &mut job.waits {
            wait.due = wait.due.before_the_plan();
        }
    }
    for judged in judged {
        judged.due = judged.due.before_the_plan();
    }
}
