//! The step of the verdict, the check to require.

use super::Lowering;
use super::names::result_of;
use crate::document::Step;
use crate::expression::Expression;
use crate::template::{Size, Template};
use pipec_lowering::Judged;
use pipec_runtime::{Dialect, Script};

/// The variable of the verdict's lines. The script reads every variable whose name begins like this.
const JOBS: &str = "JOBS";

impl Lowering<'_> {
    /// The step that judges all jobs.
    ///
    /// Each has a line, with its result and whether it was due.
    ///
    /// The expression for "due" repeats the condition of the job. The result alone can't distinguish a job that had nothing
    /// to do from one that a cancelled run never started.
    pub(super) fn verdict_step(&self, title: String) -> Step {
        let mut variables: Vec<Template> = vec![Template::default()];
        let mut size = Size::default();
        for Judged { job, due, overridden_by } in &self.plans.judged {
            let due = self.guard(due);
            let due = match due {
                Expression::Constant(true) => Template::text("due"),
                Expression::Constant(false) => Template::text("not-due"),
                Expression::Any(_) => Template::expression(format!("({due}) && 'due' || 'not-due'")),
                due => Template::expression(format!("{due} && 'due' || 'not-due'")),
            };
            let line = Template::text(format!("{job} ")).and(result_of(job)).and_text(" ").and_template(due);
            let line = match overridden_by {
                Some(job) => line.and_text(" ").and(result_of(job)).and_text("\n"),
                None => line.and_text("\n"),
            };
            // What one text can't hold goes into the next.
            let own = line.size();
            match variables.last_mut() {
                Some(last) if size.and(own).fits() => {
                    *last = std::mem::take(last).and_template(line);
                    size = size.and(own);
                }
                _ => {
                    variables.push(line);
                    size = own;
                }
            }
        }
        let mut step = Step::run(title, Script::Verdict.text(Dialect::GitHub));
        for (index, jobs) in variables.into_iter().enumerate() {
            let name = if index == 0 { JOBS.to_owned() } else { format!("{JOBS}_{}", index + 1) };
            step = step.with_env(name, jobs);
        }
        step
    }
}
