//! Deploys: their environment, their lock, and what is asked before they start.

use super::{Lowering, acts, previews};
use crate::document::{Concurrency, EnvironmentUse, Job, Permissions, Step};
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Approval, Deploy, Environment, Lock, Tier};
use pipec_lowering::{JobPlan, Unit};
use pipec_runtime::{Dialect, Script};

impl Lowering<'_> {
    /// What a job is besides, because it deploys.
    pub(super) fn add_deploy(&self, plan: &JobPlan, unit: &Unit, deploy: &Deploy, job: &mut Job) {
        let environment = self.program.environments.get(&deploy.environment);
        let url =
            environment.and_then(|environment| environment.url.as_ref()).map(|url| self.value(url, unit));
        job.environment = Some(EnvironmentUse { name: deploy.environment.clone(), url, is_deployment: true });
        let preview = environment.filter(|environment| environment.tier == Tier::Ephemeral);
        let whose = if preview.is_some() { " for a pull request" } else { "" };
        let group = match preview {
            Some(environment) => self.lock_of_preview(environment, previews::NUMBER),
            None => Template::text(self.lock_name(&deploy.environment)),
        };
        let newest = environment.is_some_and(|environment| environment.lock == Lock::Newest);
        let others = if newest {
            "of the others only the newest waits"
        } else {
            "the others wait in order, and none is dropped"
        };
        job.concurrency = Some(Concurrency {
            comment: format!(
                "one deploy of {} to {}{whose} at a time; {others}",
                self.pipeline.name, deploy.environment
            ),
            group,
            cancel: None,
            queue: !newest,
        });
        job.steps.extend(self.pipeline.node(unit.node).and_then(|node| self.window_step(node)));
        // Before all else that takes time, since the runner counts the whole job.
        job.steps.extend(acts::clock_step(deploy));
        if let Some(environment) = environment
            && let Some(approval) = &environment.approval
        {
            self.check_approval(environment, approval);
            job.steps.push(approval_step(environment, approval, &mut job.permissions));
        }
        job.steps.extend(self.override_in_force_step(plan));
        job.steps.push(match preview {
            Some(_) => previews::wanted_step(&mut job.permissions),
            None => self.forward_step(deploy, &mut job.permissions),
        });
    }

    /// The group of the deploys to an environment: GitHub's are shared by all workflows of a repository and ignore case. No name
    /// has a `/`, so no two environments or pipelines come to one group.
    pub(super) fn lock_name(&self, environment: &str) -> String {
        format!("pipec-deploy-{environment}/{}", self.pipeline.name).to_ascii_lowercase()
    }

    /// GitHub lets one of the reviewers of an environment decide.
    fn check_approval(&self, environment: &Environment, approval: &Approval) {
        if approval.min > 1 {
            self.error(
                codes::P0506,
                &approval.origin,
                format!("github can't require {} people to approve `{}`", approval.min, environment.name),
                "on github one reviewer is enough: put another environment with its own approval before \
                 this one (`after`)",
            );
        }
        let role = self.program.roles.get(&approval.role);
        if role.is_some_and(|role| !role.members.contains_key("github")) {
            self.error(
                codes::P0506,
                &approval.origin,
                format!(
                    "`{}` has no members on github, so nobody could approve `{}`",
                    approval.role, environment.name
                ),
                format!("name its members: `role {} {{ github team \"OWNER/TEAM\" }}`", approval.role),
            );
        }
    }

    /// A deploy fails unless its commit is, or descends from, the one last deployed there.
    fn forward_step(&self, deploy: &Deploy, permissions: &mut Permissions) -> Step {
        permissions.read("actions", "which runs deployed before");
        permissions.read("contents", "how commits descend from each other");
        permissions.read("deployments", "what was deployed before");
        Step::run("Only forward", Script::Forward.text(Dialect::GitHub))
            .with_env("GH_TOKEN", Template::expression("github.token"))
            .with_env("ENVIRONMENT", Template::text(deploy.environment.clone()))
            .with_env("WORKFLOW", Template::text(self.file.clone()))
    }
}

/// Who may approve is a setting of the environment, so the job makes sure that somebody did.
fn approval_step(environment: &Environment, approval: &Approval, permissions: &mut Permissions) -> Step {
    permissions.read("actions", "who approved this run");
    if approval.not_author {
        permissions.read("contents", "who wrote this commit");
    }
    let author_may = if approval.not_author { "false" } else { "true" };
    Step::run("Approved", Script::Approval.text(Dialect::GitHub))
        .with_env("GH_TOKEN", Template::expression("github.token"))
        .with_env("ENVIRONMENT", Template::text(environment.name.clone()))
        .with_env("AUTHOR_MAY_APPROVE", Template::text(author_may))
}
