//! The acts of a node as GitHub's steps.
//!
//! The act `time-to-verify`, which runs the fixed script `TimeLeft`, becomes
//!
//! ```yaml
//! - name: time left to verify
//!   id: time-to-verify
//!   env:
//!     STARTED: ${{ steps.clock.outputs.started }}
//!     LIMIT: "1200"
//!   run: |
//!     …
//! ```

use super::Lowering;
use super::time::minutes;
use crate::document::Step;
use crate::expression::Expression;
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Deploy, Node};
use pipec_lowering::acts::{self, Act, ActionVariables, Does, Failure, Limit, Value, ValuePart, WEIGHT};
use pipec_lowering::{Guard, Unit};
use pipec_runtime::{Dialect, Script};

/// What the acts of a job take from the steps around them.
pub(super) struct Surroundings<'s> {
    /// The variables of all scripts.
    pub(super) environment: &'s [(String, Template)],
    /// What each attempt needs again.
    pub(super) brought: &'s [Step],
    /// The steps that sign in.
    pub(super) logins: &'s [Step],
    /// The steps of each raw block.
    pub(super) raw: Vec<Vec<Step>>,
}

impl Lowering<'_> {
    /// The steps of the acts of a node.
    pub(super) fn act_steps(
        &self,
        node: &Node,
        unit: &Unit,
        acts: &[Act<'_>],
        mut around: Surroundings<'_>,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        for act in acts {
            let when = (act.when != Guard::Always).then(|| self.guard(&act.when));
            let mut step = match &act.does {
                Does::Script(script, variables) => {
                    let all = self.with_action_variables(around.environment, *variables, unit);
                    self.script_step(node, script, Template::text(act.title.clone()), &all)
                }
                Does::Measure(measure, run) => self.measure_step(node, measure, *run),
                Does::Fixed(script, parameters) => fixed(&act.title, *script, parameters),
                Does::Bring => {
                    steps.extend(around.brought.iter().map(|step| again(step, when.clone())));
                    continue;
                }
                Does::SignIn => {
                    let sign_in = |login: &Step| Step { condition: when.clone(), ..login.clone() };
                    steps.extend(around.logins.iter().map(sign_in));
                    continue;
                }
                Does::Raw(block) => {
                    steps.extend(around.raw.get_mut(*block).map(std::mem::take).unwrap_or_default());
                    continue;
                }
            };
            step.comments.splice(0..0, act.comment.clone());
            step.condition = when;
            step.id.clone_from(&act.id);
            match (&act.failure, &act.limit) {
                (Failure::IsCounted, Some(Limit::Milliseconds(limit))) => {
                    step.goes_on_after = Some(minutes(*limit));
                }
                (failure, limit) => {
                    step.timeout_minutes = limit.as_ref().map(time_limit);
                    step.goes_on = match failure {
                        Failure::GoesOn(because) => Some(because),
                        Failure::Counts | Failure::IsCounted => None,
                    };
                }
            }
            steps.push(step);
        }
        steps
    }

    fn with_action_variables(
        &self,
        environment: &[(String, Template)],
        action: ActionVariables<'_>,
        unit: &Unit,
    ) -> Vec<(String, Template)> {
        let own = action.env.iter();
        let own = own.map(|binding| (binding.variable.clone(), self.value(&binding.value, unit)));
        let weight = action.weight.map(|weight| (WEIGHT.to_owned(), Template::text(weight.to_owned())));
        environment.iter().cloned().chain(own).chain(weight).collect()
    }

    /// The variables of a deploy's actions besides those of all its scripts.
    pub(super) fn action_variables(&self, deploy: &Deploy, unit: &Unit) -> Vec<(String, Template)> {
        let bindings = deploy.actions().flat_map(|action| &action.env);
        bindings.map(|binding| (binding.variable.clone(), self.value(&binding.value, unit))).collect()
    }

    /// Refuses what can't be put back for another attempt.
    pub(super) fn check_retry(&self, node: &Node) {
        let Some(clause) = &node.body.retry else { return };
        if acts::retry(node).is_none() {
            return self.refuse("`retry` of a gate or a deploy", &clause.origin);
        }
        if let Some(block) = node.body.engines.iter().find(|block| block.target == "github") {
            self.error(
                codes::P1101,
                &block.origin,
                format!("`{}` can't have `retry` on github: it has raw steps", node.name),
                "pipec can't reset what a raw step leaves: remove `retry`, or move the raw steps to another node",
            );
        }
        if let Some(sidecar) = node.body.sidecars.first() {
            self.error(
                codes::P1101,
                &sidecar.origin,
                format!("`{}` can't have both `retry` and sidecar `{}` on github", node.name, sidecar.name),
                "a sidecar starts once for its job, so another attempt would find what the first one left \
                 in it: remove `retry` or the sidecar",
            );
        }
        if acts::attempts(node) > acts::MOST_ATTEMPTS {
            self.error(
                codes::P1101,
                &clause.origin,
                format!("more than {} retries can't be built for github", acts::MOST_ATTEMPTS - 1),
                "a script that fails so often has a defect: fix it",
            );
        }
    }
}

/// The step that starts the clock, if there is a way back that needs its time.
pub(super) fn clock_step(deploy: &Deploy) -> Option<Step> {
    deploy.rollback()?;
    Some(Step::run("Start the clock", Script::Clock.text(Dialect::GitHub)).with_id(acts::CLOCK))
}

/// The step of a fixed script.
fn fixed(title: &str, script: Script, parameters: &[(&'static str, Value)]) -> Step {
    let step = Step::run(Template::text(title.to_owned()), script.text(Dialect::GitHub));
    parameters.iter().fold(step, |step, (name, value)| step.with_env(*name, template(value)))
}

fn template(value: &Value) -> Template {
    value.parts.iter().fold(Template::default(), |template, part| match part {
        ValuePart::Text(text) => template.and_text(text.clone()),
        ValuePart::Output(act, name) => template.and(format!("steps.{act}.outputs.{name}")),
        ValuePart::Ending(act) => template.and(format!("steps.{act}.outcome")),
    })
}

/// A limit in whole minutes.
fn time_limit(limit: &Limit) -> Template {
    match limit {
        Limit::Milliseconds(limit) => Template::text(minutes(*limit).to_string()),
        Limit::LeftBy(act) => Template::expression(format!("fromJSON(steps.{act}.outputs.minutes)")),
    }
}

/// A step once more, for an attempt that has begun. Others read the outputs of the first one, which had the same inputs.
fn again(step: &Step, begins: Option<Expression>) -> Step {
    let own = step.condition.clone();
    let mut again = step.clone().only_if(Expression::all(begins.into_iter().chain(own)));
    again.id = None;
    again.comments.clear();
    again.name = again.name.and_text(" again");
    again
}
