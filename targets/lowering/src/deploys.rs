//! What only deploys have: an environment, a lock, and checks before everything else.
//!
//! For example, a deploy to an environment with a window and an approval becomes a job with
//!
//! ```text
//! lock      production, all that wait keep their place
//! acts      WindowOpen, Approval, Forward, …
//! token     Approvals, Deployed, …
//! ```

use crate::acts::{Act, CLOCK, is_timed};
use crate::jobs::{EnvironmentUse, JobPlan, LockUse};
use crate::passes::Passes;
use crate::token::TokenUse;
use crate::units::Unit;
use crate::value::{Part, RunFact, Value};
use crate::windows;
use pipec_ir::{Approval, Deploy, Direction, Environment, Lock, Node, Program, VersionPart};
use pipec_runtime::{ApprovalForm, ForwardForm, Script};
use std::borrow::Cow;

impl<'p> Passes<'_, 'p> {
    /// Adds the environment, the lock and the first acts to the job of a deploy.
    pub(crate) fn add_deploy(&self, job: &mut JobPlan<'p>, node: &'p Node, deploy: &'p Deploy, unit: &Unit) {
        let program = self.source.program;
        let environment = program.entered_by(deploy);
        let is_preview = program.preview_of(node).is_some();
        let url = environment.and_then(|environment| environment.url.as_ref());
        if self.engine.has_environments() {
            job.environment = Some(EnvironmentUse {
                name: Cow::Borrowed(&deploy.environment),
                url: url.map(|url| self.texts().value(url, unit)),
                is_deployment: true,
            });
        }
        job.lock = Some(self.lock(deploy, environment, is_preview));
        job.acts.extend(windows::is_open(program, node));
        // Before everything else that takes time, since the timeout counts the whole job.
        job.acts.extend(start_the_clock(node));
        if let Some(environment) = environment
            && let Some(approval) = &environment.approval
        {
            job.token.push(TokenUse::Approvals);
            job.token.extend(approval.not_author.then_some(TokenUse::Author));
            job.acts.push(approved(environment, approval));
        }
        job.acts.extend(self.override_in_force(unit, node));
        if is_preview {
            job.acts.push(wanted());
            job.token.push(TokenUse::PullRequest);
        } else if let Some(act) = environment.and_then(|environment| forward(program, environment)) {
            job.acts.push(act);
            job.token.push(TokenUse::Deployed);
            let is_history =
                environment.is_some_and(|environment| environment.direction == Direction::History);
            job.token.extend(is_history.then_some(TokenUse::Descent));
        }
    }

    /// The act that records a deploy which enters no environment of the platform. It is the last of the job.
    pub(crate) fn record_deployment(&self, job: &mut JobPlan<'p>, deploy: &'p Deploy, unit: &Unit) {
        if self.engine.has_environments() {
            return;
        }
        let name = ("ENVIRONMENT", Value::text(deploy.environment.as_str()));
        let act = Act::fixed("Record the deployment", Script::RecordDeployment, [name]);
        let environment = self.source.program.entered_by(deploy);
        job.acts.push(match environment.and_then(|environment| environment.url.as_ref()) {
            Some(url) => act.with("URL", self.texts().value(url, unit)),
            None => act,
        });
        job.token.push(TokenUse::RecordDeployment);
    }

    fn lock(&self, deploy: &'p Deploy, environment: Option<&Environment>, is_preview: bool) -> LockUse<'p> {
        let newest = environment.is_some_and(|environment| environment.lock == Lock::Newest);
        let whose = if is_preview { " for a pull request" } else { "" };
        let others = if newest { "only the newest waits" } else { "the others wait in order" };
        LockUse {
            environment: &deploy.environment,
            pull_request: is_preview.then_some(Part::Fact(RunFact::PullRequest)),
            newest,
            comment: format!("one deploy{whose} at a time; {others}"),
        }
    }
}

/// The act from which the scripts of a node count their time.
pub(crate) fn start_the_clock<'p>(node: &Node) -> Option<Act<'p>> {
    is_timed(node).then(|| Act::fixed("Start the clock", Script::Clock, []).with_id(CLOCK))
}

/// The act that fails unless somebody has approved the deploy.
///
/// Who may approve is a setting of the environment, which a job can't see. So it looks at the approvals of its run.
fn approved<'p>(environment: &'p Environment, approval: &Approval) -> Act<'p> {
    let form = if approval.not_author { ApprovalForm::NotAuthor } else { ApprovalForm::Anybody };
    let act = Act::fixed(
        "Approved",
        Script::Approval(form),
        [("ENVIRONMENT", Value::text(environment.name.as_str()))],
    );
    match form {
        ApprovalForm::NotAuthor => act.with("WORKFLOW", Value::part(Part::OutputName)),
        ApprovalForm::Anybody => act,
    }
}

/// The act that fails if a deploy would go backwards.
fn forward<'p>(program: &Program, environment: &'p Environment) -> Option<Act<'p>> {
    let name = ("ENVIRONMENT", Value::text(environment.name.as_str()));
    let workflow = ("WORKFLOW", Value::part(Part::OutputName));
    match &environment.direction {
        Direction::History => {
            let form = match program.is_shared(&environment.name) {
                true => ForwardForm::SharedHistory,
                false => ForwardForm::History,
            };
            Some(Act::fixed("Only forward", Script::Forward(form), [name, workflow]))
        }
        Direction::Version { within, .. } => {
            let within = ("WITHIN", Value::text(within.map_or("", VersionPart::word)));
            Some(Act::fixed("Only forward", Script::Forward(ForwardForm::Version), [name, workflow, within]))
        }
        Direction::Any { .. } => None,
    }
}

/// The act that fails unless the pull request is open and has no newer commit.
///
/// It replaces [`forward`] in deploys for pull requests, whose history is often rewritten.
fn wanted<'p>() -> Act<'p> {
    let parameters =
        [("PULL_REQUEST", Value::fact(RunFact::PullRequest)), ("COMMIT", Value::part(Part::PullRequestHead))];
    Act::fixed("Still wanted by pull request", Script::PreviewWanted, parameters)
}
