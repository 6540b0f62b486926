//! Acts as GitHub's steps.
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

use super::previews::NUMBER;
use super::runners::Place;
use super::time::minutes;
use super::values::TOKEN_OF_JOB;
use super::{Lowering, artefacts, caches, reports};
use crate::document::Step;
use crate::expression::Expression;
use crate::template::Template;
use pipec_lowering::acts::{Act, Does, Failure, Limit};
use pipec_lowering::{Guard, JobPlan, TokenUse, Value};
use pipec_runtime::{Dialect, PlanForm, Script};
use std::borrow::Cow;

/// What the steps of a job have in common.
pub(super) struct Scene {
    /// Where the steps run.
    pub(super) place: Place,
    /// The variables of all scripts of the source.
    pub(super) variables: Vec<(String, Template)>,
    /// The names of those that the job has itself.
    pub(super) of_job: Vec<String>,
    /// The steps of each raw block.
    pub(super) raw: Vec<Vec<Step>>,
}

impl Scene {
    /// Whether the job has a variable itself.
    fn is_of_job(&self, variable: &str) -> bool {
        self.of_job.iter().any(|own| own == variable)
    }

    /// The variables that the job has itself.
    pub(super) fn variables_of_job(&self) -> Vec<(String, Template)> {
        self.variables.iter().filter(|(name, _)| self.is_of_job(name)).cloned().collect()
    }
}

impl<'a> Lowering<'a> {
    /// The steps of a job.
    pub(super) fn steps(&self, plan: &JobPlan<'a>, mut scene: Scene) -> Vec<Step> {
        let mut steps = Vec::with_capacity(plan.acts.len());
        for act in &plan.acts {
            let when = (act.when != Guard::Always).then(|| self.guard(&act.when));
            if let Does::Raw(block) = &act.does {
                let raw = scene.raw.get_mut(*block).map(std::mem::take).unwrap_or_default();
                steps.extend(raw.into_iter().map(|step| Step { condition: when.clone(), ..step }));
            } else if let Some(step) = self.step(plan, act, &scene) {
                steps.push(with_frame(step, act, self.condition(act, when)));
            }
        }
        steps
    }

    /// The step of an act. If GitHub can't do it, there is an error and no step.
    fn step(&self, plan: &JobPlan<'a>, act: &Act<'a>, scene: &Scene) -> Option<Step> {
        let title = || act.title.clone().into_owned();
        let template = |value: &Value<'_>| self.template(value, scene.place);
        Some(match &act.does {
            Does::Checkout(checkout) => artefacts::check_out(title(), checkout),
            Does::CheckoutDefault => artefacts::check_out_default(title()),
            Does::RestoreCache(cache) => {
                caches::restore(title(), &self.pipeline.name, cache, template(&cache.name))
            }
            Does::SaveCache(cache, _) => caches::save(title(), cache),
            Does::Fetch(kept, into) => artefacts::fetch(title(), kept, template(into)),
            Does::SetUp(tool, version) => return self.tool_step(tool, *version),
            Does::SignIn(identity, reach) => {
                return self.identity_step(title(), identity, *reach, &scene.variables);
            }
            Does::SignInToPush(registry) => return self.registry_step(title(), registry),
            Does::Script(script, own) => {
                let node = self.node_of(plan);
                let is_given = |name: &str| node.is_none_or(|node| node.gives(script, name));
                let own = own.iter().filter(|(name, _)| is_given(name));
                let own = own.map(|(name, value)| (name.clone().into_owned(), template(value)));
                let is_of_step = |(name, _): &&(String, Template)| is_given(name) && !scene.is_of_job(name);
                let variables = scene.variables.iter().filter(is_of_step).cloned().chain(own).collect();
                self.script_step(&self.owner(plan), script, title(), variables, plan.is_on_windows())
            }
            Does::Fixed(script, parameters) => self.fixed(plan, act, *script, parameters, scene.place),
            Does::Judge => self.verdict_step(title()),
            Does::Keep(keep) => artefacts::keep(title(), keep, template(&keep.name), template(&keep.paths)),
            Does::SendToCodeScanning { file, category } => {
                reports::send_to_code_scanning(title(), file, template(category))
            }
            // All raw steps of a node are made together, since they are numbered.
            Does::Raw(_) => return None,
        })
    }

    /// The condition of a step: that of its act, and what only GitHub requires.
    fn condition(&self, act: &Act<'_>, when: Option<Expression>) -> Option<Expression> {
        let own = match &act.does {
            Does::RestoreCache(cache) => caches::has_key(cache),
            Does::SaveCache(cache, writes) => {
                Expression::all(caches::was_missed(cache).into_iter().chain([self.guard(writes)]))
            }
            _ => return when.filter(|when| *when != Expression::Constant(true)),
        };
        Some(Expression::all(when.into_iter().chain([own])))
    }

    /// The name of the node or environment whose scripts a job runs.
    fn owner(&self, plan: &JobPlan<'_>) -> String {
        match self.node_of(plan) {
            Some(node) => node.name.clone(),
            None => match &plan.environment {
                Some(environment) => environment.name.clone().into_owned(),
                None => plan.id.to_string(),
            },
        }
    }

    /// The step of a fixed script.
    ///
    /// The variables for GitHub's API come before the parameters.
    fn fixed(
        &self,
        plan: &JobPlan<'_>,
        act: &Act<'_>,
        script: Script,
        parameters: &[(Cow<'static, str>, Value<'_>)],
        place: Place,
    ) -> Step {
        let mut title = Template::text(act.title.clone().into_owned());
        if script == Script::PreviewWanted {
            // The name of this step is how a teardown knows for which pull request a deployment was: several may share its
            // reference and its commit.
            title = title.and_text(" ").and(NUMBER);
        }
        let mut step = Step::run(title, script.text(Dialect::GitHub, plan.systems()));
        // Only a plan that looks for the last green run calls the API.
        let calls = script != Script::Plan(PlanForm::Changes) || plan.token.contains(&TokenUse::GreenRun);
        for parameter in Dialect::GitHub.parameters(script).iter().filter(|_| calls) {
            step = step.with_env(
                *parameter,
                match *parameter {
                    "WORKFLOW" => Template::text(self.file.clone()),
                    _ => Template::expression(TOKEN_OF_JOB),
                },
            );
        }
        let parameters = parameters.iter();
        step.env
            .extend(parameters.map(|(name, value)| (name.clone().into_owned(), self.template(value, place))));
        step
    }
}

/// Adds the comments, condition, id, folder and limits of an act to its step.
fn with_frame(mut step: Step, act: &Act<'_>, condition: Option<Expression>) -> Step {
    step.comments.splice(0..0, act.comment.clone());
    step.condition = condition;
    step.id.clone_from(&act.id);
    step.directory = act.directory.map(str::to_owned);
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
    step
}

/// A limit in whole minutes.
fn time_limit(limit: &Limit) -> Template {
    match limit {
        Limit::Milliseconds(limit) => Template::text(minutes(*limit).to_string()),
        Limit::LeftBy(act) => Template::expression(format!("fromJSON(steps.{act}.outputs.minutes)")),
    }
}
