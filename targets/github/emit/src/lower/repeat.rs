//! Gates that run several times: each run a part of the one job, and at the end a step that counts them.

use super::Lowering;
use super::jobs::minutes;
use super::scripts::title;
use crate::document::Step;
use crate::expression::Expression;
use crate::template::Template;
use pipec_ir::{Node, Quorum, StepKind};
use pipec_runtime::{Dialect, Script};

impl Lowering<'_> {
    /// The scripts and measures of a node, once for each run, and the step that decides. A script that fails ends its run, but not its
    /// job, so that every run is seen; what GitHub makes of such a step is `success`, so only its `outcome` is asked for. The measures
    /// come all the same: they put the reports aside, so that none is taken for that of the next run.
    pub(super) fn repeated_steps(
        &self,
        node: &Node,
        quorum: Quorum,
        environment: &[(String, Template)],
        condition: Option<&Expression>,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let parts = node.body.steps.len() + node.body.measures.len();
        let mut runs = Template::default();
        for run in 1..=quorum.times {
            runs = runs.and_text(run.to_string());
            // How the scripts just before ended on which the next one hangs: one, or neighbouring checks.
            let mut group: Vec<String> = Vec::new();
            // When the first of the neighbouring checks runs.
            let mut entered: Option<Option<Expression>> = None;
            let scripts = node.body.steps.iter().map(|step| {
                let name = title(node, step).and_text(format!(" (run {run} of {})", quorum.times));
                (Some(step.kind), self.script_step(node, step, name, environment))
            });
            let measures = node
                .body
                .measures
                .iter()
                .map(|measure| (None, self.measure_step(node, measure, Some((run, quorum.times)))));
            for (place, (kind, mut emitted)) in scripts.chain(measures).enumerate() {
                let id = if parts == 1 { format!("run-{run}") } else { format!("run-{run}-{}", place + 1) };
                runs = runs.and_text(" ").and(format!("steps.{id}.outcome"));
                let passed =
                    group.iter().map(|id| Expression::equals(format!("steps.{id}.outcome"), "success"));
                let after = Expression::all(condition.cloned().into_iter().chain(passed));
                let after = (after != Expression::Constant(true)).then_some(after);
                let due = match (kind, &entered) {
                    (Some(StepKind::Check), Some(due)) => due.clone(),
                    (Some(StepKind::Check), None) => {
                        group.clear();
                        entered = Some(after.clone());
                        after
                    }
                    (Some(StepKind::Run), _) => {
                        group.clear();
                        entered = None;
                        after
                    }
                    (None, _) => condition.cloned(),
                };
                emitted.condition = due;
                emitted.goes_on_after = Some(minutes(node.body.timeout));
                group.push(id.clone());
                steps.push(emitted.with_id(id));
            }
            runs = runs.and_text("\n");
        }
        let what = format!("{} of {} runs passed, or more", quorum.quorum, quorum.times);
        let mut decision = Step::run(what, Script::Quorum.text(Dialect::GitHub))
            .with_env("RUNS", runs)
            .with_env("SCRIPTS", Template::text(parts.to_string()))
            .with_env("QUORUM", Template::text(quorum.quorum.to_string()));
        decision.condition = condition.cloned();
        steps.push(decision);
        steps
    }
}
