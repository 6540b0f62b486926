//! Neutral jobs as jobs of GitHub.
//!
//! For example, a job that waits for `unit`, is due on `main`, and enters the environment `production` becomes
//!
//! ```yaml
//! deploy-app-to-production:
//!   name: deploy app to production
//!   needs: [unit]
//!   if: ${{ !cancelled() && github.ref == 'refs/heads/main' && needs.unit.result == 'success' }}
//!   runs-on: ubuntu-24.04
//!   environment:
//!     name: production
//! ```

use super::acts::Scene;
use super::runners::Place;
use super::time::minutes;
use super::{Lowering, legs, permissions, runners};
use crate::document::{Concurrency, EnvironmentUse, Job};
use crate::template::Template;
use pipec_ir::Node;
use pipec_lowering::{HandOn, JobPlan, LockUse, Role, Timeout, Unit};

/// The machine of jobs that name none.
const MACHINE: &str = "ubuntu-24.04";

/// How long GitHub lets a job live on its own machines, in minutes.
const LONGEST_JOB: u32 = 360;

impl<'a> Lowering<'a> {
    /// The job of GitHub for a neutral job.
    pub(super) fn job(&self, plan: &JobPlan<'a>) -> Job {
        let scene = self.scene(plan);
        let environment = plan.environment.as_ref().map(|environment| EnvironmentUse {
            name: environment.name.clone().into_owned(),
            url: environment.url.as_ref().map(|url| self.template(url, Place::Machine)),
            is_deployment: environment.is_deployment,
        });
        Job {
            id: plan.id.clone(),
            comments: comments(plan),
            name: plan.name.clone(),
            needs: plan.needs().cloned().collect(),
            condition: self.start(plan),
            strategy: self.strategy(plan),
            runs_on: plan
                .runners
                .first()
                .map_or_else(|| MACHINE.to_owned(), |runner| runners::machine(runner)),
            container: self.container(plan),
            services: self.services(plan),
            timeout_minutes: match plan.timeout {
                Timeout::Milliseconds(timeout) => minutes(timeout),
                Timeout::Longest => LONGEST_JOB,
            },
            environment,
            advisory: plan.advisory.map(str::to_owned),
            concurrency: plan.lock.as_ref().map(|lock| self.concurrency(lock)),
            permissions: permissions::permissions(&plan.token),
            outputs: plan.hands_on.iter().map(|hand_on| self.output(hand_on)).collect(),
            env: scene.variables_of_job(),
            steps: self.steps(plan, scene),
        }
    }

    /// The node that a job is of, and its unit.
    pub(super) fn node_and_unit(&self, plan: &JobPlan<'_>) -> Option<(&'a Node, &Unit)> {
        let Role::Node(place) = &plan.role else { return None };
        let unit = self.plans.units.get(*place)?;
        Some((self.pipeline.node(unit.node)?, unit))
    }

    /// The node that a job is of.
    pub(super) fn node_of(&self, plan: &JobPlan<'_>) -> Option<&'a Node> {
        self.node_and_unit(plan).map(|(node, _)| node)
    }

    /// The variables, raw steps and place that the steps of a job share.
    fn scene(&self, plan: &JobPlan<'a>) -> Scene {
        let place = if plan.image().is_some() { Place::Container } else { Place::Machine };
        let variables = plan.variables.iter();
        let variables: Vec<(String, Template)> =
            variables.map(|(name, value)| (name.clone().into_owned(), self.template(value, place))).collect();
        let raw = match self.node_and_unit(plan) {
            Some((node, unit)) => self.raw_steps(node, unit, place, &variables),
            None => Vec::new(),
        };
        let of_job = self.of_job(plan).into_iter().map(str::to_owned).collect();
        Scene { place, variables, of_job, raw }
    }

    fn output(&self, hand_on: &HandOn<'_>) -> (String, Template) {
        let name = legs::output(&hand_on.name, hand_on.leg.as_deref()).into_owned();
        let value = self.template(&hand_on.value, Place::Machine);
        match &hand_on.leg {
            Some(leg) => (name, legs::only_in(leg, &value)),
            None => (name, value),
        }
    }

    /// The group of `concurrency` for a lock.
    ///
    /// All workflows of a repository share their groups, whose names ignore case. No name of the source has a `/`, so each
    /// environment of each pipeline has a group of its own.
    fn concurrency(&self, lock: &LockUse<'_>) -> Concurrency {
        let group = Template::text(
            format!("pipec-deploy-{}/{}", lock.environment, self.pipeline.name).to_ascii_lowercase(),
        );
        let group = match &lock.pull_request {
            Some(number) => self.with_part(group.and_text("/"), number, Place::Machine),
            None => group,
        };
        Concurrency { comment: lock.comment.clone(), group, cancel: None, queue: !lock.newest }
    }
}

/// The lines above a job.
fn comments(plan: &JobPlan<'_>) -> Vec<String> {
    let decides = |decided: &String| format!("decides what GitHub's expressions can't: {decided}");
    match plan.role {
        Role::Plan => plan.comments.iter().map(decides).collect(),
        _ => plan.comments.clone(),
    }
}
