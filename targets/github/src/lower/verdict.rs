//! The job that says whether all is well: the check to require.

use super::order::Runs;
use super::{Lowering, PLAN, VERDICT};
use crate::document::{Job, Step};
use crate::expression::Expression;
use crate::runtime;
use crate::template::Template;
use pipec_ir::NodeKind;

/// Stands for the stage of the plan, which is none.
const PLAN_STAGE: &str = "-";

/// How long the verdict may take, in minutes.
const TIMEOUT: u32 = 5;

impl Lowering<'_> {
    /// GitHub takes a required check that was skipped for one that passed, so this job always runs, and it is green only
    /// if each job that was due succeeded and no other ran. That a job was due is computed anew here: its mere result
    /// can't tell a job that had nothing to do from one that a cancelled run never started. Gates that only report are
    /// not asked.
    pub(super) fn verdict_job(&self) -> Job {
        let mut needs = Vec::new();
        let mut jobs = Template::default();
        let mut stages: Vec<(String, Expression)> = Vec::new();
        let mut add = |id: &str, stage: String, due: Expression| {
            jobs = std::mem::take(&mut jobs)
                .and_text(format!("{id} {stage} "))
                .and(format!("needs.{id}.result"))
                .and_text("\n");
            if stages.iter().all(|(other, _)| *other != stage) {
                stages.push((stage, due));
            }
            needs.push(id.to_owned());
        };
        if self.has_plan() {
            add(PLAN, PLAN_STAGE.to_owned(), Expression::Constant(true));
        }
        for unit in &self.units {
            let Some(node) = self.pipeline.node(unit.node) else { continue };
            let Some(stage) = self.pipeline.stage_of(node) else { continue };
            if matches!(&node.kind, NodeKind::Gate(gate) if gate.advisory.is_some()) {
                continue;
            }
            let runs = match unit.runs {
                Runs::All => "",
                Runs::Trusted => "/trusted",
                Runs::Untrusted => "/untrusted",
            };
            add(&unit.id, format!("{}{runs}", stage.name), self.due_expression(unit));
        }
        let stages = stages.into_iter().fold(Template::default(), |template, (stage, due)| {
            let due = match due {
                Expression::Constant(true) => Template::text("due"),
                Expression::Constant(false) => Template::text("not-due"),
                Expression::Any(_) => Template::expression(format!("({due}) && 'due' || 'not-due'")),
                due => Template::expression(format!("{due} && 'due' || 'not-due'")),
            };
            template.and_text(format!("{stage} ")).and_template(due).and_text("\n")
        });
        let step = Step::run("Every job that was due succeeded", runtime::VERDICT)
            .with_env("STAGES", stages)
            .with_env("JOBS", jobs);
        Job {
            id: VERDICT.to_owned(),
            comments: vec!["the check to require on protected branches".to_owned()],
            name: self.pipeline.name.clone(),
            needs,
            condition: Some(Expression::raw("always()")),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            steps: vec![step],
            ..Job::default()
        }
    }
}
