//! The job that says whether all is well: the check to require.

use super::names::result_of;
use super::{Lowering, PLAN, VERDICT};
use crate::document::{Job, Step};
use crate::expression::Expression;
use crate::template::{Size, Template};
use pipec_runtime::{Dialect, Script};

/// How long the verdict may take, in minutes.
const TIMEOUT: u32 = 5;

/// The variable of the verdict's lines; the script reads all whose names begin so.
const JOBS: &str = "JOBS";

/// The output that names the jobs that were not due.
const NOT_DUE: &str = "not-due";

impl Lowering<'_> {
    /// GitHub takes a required check that was skipped for one that passed, so this job always runs, and it is green only
    /// if each job that was due succeeded and no other ran. That a job was due is computed anew here: its mere result
    /// can't tell a job that had nothing to do from one that a cancelled run never started. Gates that only report are
    /// not asked. A gate may have failed if it was overridden, and says so.
    pub(super) fn verdict_job(&self) -> Job {
        let mut needs = Vec::new();
        let mut variables: Vec<Template> = vec![Template::default()];
        let mut size = Size::default();
        let plan = self.has_plan().then(|| (PLAN.to_owned(), Expression::Constant(true), None));
        let units = self.units.iter().filter(|unit| {
            let node = self.pipeline.node(unit.node);
            node.is_some_and(|node| !node.is_advisory())
        });
        let units = units.flat_map(|unit| {
            let own = (unit.id.clone(), self.due_expression(unit), self.override_of(unit));
            let asked = self.override_of(unit).zip(self.pipeline.node(unit.node));
            let asked = asked.map(|(job, gate)| (job, self.override_due(gate), None));
            let waiting = self.waiting(unit).map(|job| (job, self.due_expression(unit), None));
            waiting.into_iter().chain([own]).chain(asked)
        });
        for (id, due, overriding) in plan.into_iter().chain(units) {
            let due = match due {
                Expression::Constant(true) => Template::text("due"),
                Expression::Constant(false) => Template::text("not-due"),
                Expression::Any(_) => Template::expression(format!("({due}) && 'due' || 'not-due'")),
                due => Template::expression(format!("{due} && 'due' || 'not-due'")),
            };
            let line = Template::text(format!("{id} ")).and(result_of(&id)).and_text(" ").and_template(due);
            let line = match overriding {
                Some(job) => line.and_text(" ").and(result_of(&job)).and_text("\n"),
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
            needs.push(id);
        }
        let mut step = Step::run("Every job that was due succeeded", Script::Verdict.text(Dialect::GitHub))
            .with_id(VERDICT);
        for (index, jobs) in variables.into_iter().enumerate() {
            let name = if index == 0 { JOBS.to_owned() } else { format!("{JOBS}_{}", index + 1) };
            step = step.with_env(name, jobs);
        }
        Job {
            id: VERDICT.to_owned(),
            comments: vec!["the check to require on protected branches".to_owned()],
            name: self.verdict_name(),
            needs,
            condition: Some(Expression::raw("always()")),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            outputs: vec![(
                NOT_DUE.to_owned(),
                Template::expression(format!("steps.{VERDICT}.outputs.{NOT_DUE}")),
            )],
            steps: vec![step],
            ..Job::default()
        }
    }

    /// The pipeline's name, unless a node has it: required checks bind to names, and a skipped job of that name would
    /// pass for the verdict.
    fn verdict_name(&self) -> String {
        let name = &self.pipeline.name;
        if self.units.iter().any(|unit| unit.id == *name) {
            format!("{name} {VERDICT}")
        } else {
            name.clone()
        }
    }
}
