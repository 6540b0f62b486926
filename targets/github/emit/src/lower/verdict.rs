//! The step of the verdict, the check to require.

use super::Lowering;
use crate::document::Step;
use crate::expression::Expression;
use crate::lower::runners::Place;
use crate::template::{Size, Template};
use pipec_lowering::{Judged, Part, Value};
use pipec_runtime::{Dialect, Script, Systems, VerdictForm};

/// The variable of the lines about jobs that may be not due. The script reads every variable whose name begins like this.
const DUE: &str = "DUE";

impl Lowering<'_> {
    /// The step that judges all jobs.
    ///
    /// Each job that may be not due has a line, with the condition of the job once more. The result alone can't distinguish a
    /// job that had nothing to do from one that a cancelled run never started.
    pub(super) fn verdict_step(&self, title: String) -> Step {
        let judged = &self.plans.judged;
        let mut variables: Vec<Template> = Vec::new();
        let mut size = Size::default();
        for Judged { job, due, .. } in judged {
            let due = match self.guard(due) {
                Expression::Constant(true) => continue,
                Expression::Constant(false) => Template::text("not-due"),
                due @ Expression::Any(_) => Template::expression(format!("({due}) && 'due' || 'not-due'")),
                due => Template::expression(format!("{due} && 'due' || 'not-due'")),
            };
            let line = Template::text(format!("{job} ")).and_template(due);
            // What one text can't hold goes into the next.
            let own = Template::text("\n").and_template(line.clone()).size();
            match variables.last_mut() {
                Some(last) if size.and(own).fits() => {
                    *last = std::mem::take(last).and_text("\n").and_template(line);
                    size = size.and(own);
                }
                _ => {
                    variables.push(line);
                    size = own;
                }
            }
        }
        let form = if judged.iter().any(|judged| judged.is_overridable) {
            VerdictForm::Overridable
        } else if variables.is_empty() {
            VerdictForm::All
        } else {
            VerdictForm::Listed
        };
        let results = self.template(&Value { parts: vec![Part::Results] }, Place::Machine);
        let mut step = Step::run(title, Script::Verdict(form).text(Dialect::GitHub, Systems::Linux));
        step = step.with_env("NEEDS", results);
        for (index, lines) in variables.into_iter().enumerate() {
            let name = if index == 0 { DUE.to_owned() } else { format!("{DUE}_{}", index + 1) };
            step = step.with_env(name, lines);
        }
        step
    }
}
