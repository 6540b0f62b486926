//! Ephemeral environments that GitHub can't tear down.

use super::Refusals;
use pipec_base::codes;
use pipec_ir::{Deploy, Environment, Event, Lock, Node, StepKind};

impl Refusals<'_> {
    /// What of ephemeral environments can't be built.
    pub(super) fn check_preview(&self, node: &Node, deploy: &Deploy, environment: &Environment) {
        let refuse = |origin: &pipec_ir::Origin, what: String, help: &str| {
            self.error(codes::P1101, origin, format!("{what} can't be built for github"), help);
        };
        let name = &environment.name;
        let is_due_elsewhere = self.source().is_some_and(|source| {
            let facts = &source.facts;
            let elsewhere =
                facts.propositions().and_not(&facts.due_node(node), &facts.event(Event::PullRequest));
            source.may_meet(&elsewhere, facts.valid())
        });
        if is_due_elsewhere {
            refuse(
                &deploy.environment_origin,
                format!(
                    "a deploy to `{name}` in a run without a pull request, which nothing would tear down,"
                ),
                "give its stage the condition `when event is pull-request and not fork`",
            );
        }
        if let Some((_, origin)) = node.body.rights.first() {
            refuse(
                origin,
                format!("a write permission in a deploy to `{name}`, whose code is not reviewed,"),
                "remove it",
            );
        }
        if let Some(approval) = &environment.approval {
            refuse(
                &approval.origin,
                format!("an approval for the ephemeral environment `{name}`"),
                "remove it: GitHub would also ask for it before each teardown",
            );
        }
        // Where only the newest waits, whatever waits for the same lock is dropped for it.
        if environment.lock == Lock::Newest {
            refuse(
                &environment.origin,
                format!(
                    "`lock newest` for the ephemeral environment `{name}`, whose teardown could replace a \
                     waiting deploy,"
                ),
                "remove it: a deploy of an older commit fails as soon as it has the lock",
            );
        }
        let checks = environment.teardown.iter().flat_map(|teardown| &teardown.steps);
        for check in checks.filter(|step| step.kind == StepKind::Check) {
            refuse(&check.origin, format!("a `check` in the teardown of `{name}`"), "say `run`");
        }
        for binding in environment.teardown.iter().flat_map(|teardown| &teardown.env) {
            let upper = binding.variable.to_ascii_uppercase();
            if upper.starts_with("GITHUB_") || upper.starts_with("RUNNER_") {
                self.error(
                    codes::P1102,
                    &binding.origin,
                    format!("GitHub defines `{}` itself", binding.variable),
                    "choose a name that does not begin with `GITHUB_` or `RUNNER_`",
                );
            }
        }
        let mut others = self.program.pipelines.iter().filter(|other| other.name != self.pipeline.name);
        let entered = others.find(|other| other.deploys().any(|(_, deploy)| deploy.environment == *name));
        if let Some(other) = entered {
            refuse(
                &deploy.environment_origin,
                format!("an ephemeral environment that pipeline `{}` also enters", other.name),
                "give each pipeline its own environment: a teardown can't know when the other pipeline deploys",
            );
        }
    }
}
