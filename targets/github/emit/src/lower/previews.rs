//! Ephemeral environments: what their deploys ask, and the workflow that tears them down, when a pull request is closed and
//! in a sweep every hour, since GitHub misses some closes and pull requests stay open.
//!
//! What stands is what GitHub's list of deployments has: a deploy's job puts itself there, and what is torn down is taken
//! off. For which pull request a deployment was, the name of its job's first step tells: neither its reference nor its
//! commit do, which several pull requests may share.

use super::secrets::{file, file_step, stored};
use super::values::TOKEN_OF_JOB;
use super::{Lowered, Lowering, identities, names};
use crate::document::{
    Concurrency, EnvironmentUse, Input, Job, Matrix, Permissions, Step, Strategy, Workflow,
};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_base::{Span, codes};
use pipec_ir::{
    Body, Checkout, Deploy, Environment, Event, Fact, Lock, Node, NodeId, NodeKind, Piece, Pipeline, StageId,
    StepKind, Text,
};
use pipec_lowering::JobPlan;
use pipec_runtime::{Dialect, Script};
use pipec_yaml::{Mapping, Node as Yaml, Sequence};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The number of the pull request that a run is for.
pub(super) const NUMBER: &str = "github.event.pull_request.number";

/// The number of the pull request that a leg of the teardown is for.
const OF_LEG: &str = "matrix.pull-request";

/// The variable that scripts know it by.
const VARIABLE: &str = "PIPE_PULL_REQUEST";

/// The step of a teardown that looks again once it holds the lock.
const STILL: &str = "still";

/// The output that lists pull requests, and that of their deployments.
const PULL_REQUESTS: &str = "pull-requests";
const DEPLOYMENTS: &str = "deployments";

/// How long finding and tearing down may take, in minutes.
const FIND_TIMEOUT: u32 = 15;
const TEARDOWN_TIMEOUT: u32 = 30;

const MACHINE: &str = "ubuntu-24.04";

/// The variable of the pull request.
pub(super) fn variable(number: &'static str) -> (String, Template) {
    (VARIABLE.to_owned(), Template::expression(number))
}

/// A deploy fails unless its pull request is open and has no newer commit. That stands for never going backwards: on a pull
/// request, history is rewritten every day.
pub(super) fn wanted_step(permissions: &mut Permissions) -> Step {
    permissions.read("pull-requests", "whether the pull request still wants it");
    Step::run(
        Template::text("Still wanted by pull request ").and(NUMBER),
        Script::PreviewWanted.text(Dialect::GitHub),
    )
    .with_env("GH_TOKEN", Template::expression(TOKEN_OF_JOB))
    .with_env("PULL_REQUEST", Template::expression(NUMBER))
    .with_env("COMMIT", Template::expression("github.event.pull_request.head.sha"))
}

/// That the run is the hourly one, which looks for what is left.
pub(super) fn sweep() -> Expression {
    Expression::equals("github.event_name", "schedule")
}

/// That a pull request was closed which is neither of another repository nor by a bot.
pub(super) fn closed_by_member() -> Expression {
    Expression::all([
        Expression::raw("github.event.pull_request.head.repo.full_name == github.repository"),
        Expression::raw("github.event.pull_request.user.type != 'Bot'"),
    ])
}

/// That a job found something to tear down.
pub(super) fn found(job: &str) -> Expression {
    Expression::equals(format!("needs.{job}.outputs.{PULL_REQUESTS}"), "[]").negated()
}

/// The workflow that tears down, in `.github/workflows`.
pub(super) fn teardown_file(pipeline: &Pipeline) -> String {
    let file = names::file_name(pipeline);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file.as_str(), "yml"));
    format!("{stem}-teardown.{extension}")
}

impl Lowering<'_> {
    /// The lock of what is there for one pull request.
    pub(super) fn lock_of_preview(&self, environment: &Environment, number: &'static str) -> Template {
        Template::text(format!("{}/", self.lock_name(&environment.name))).and(number)
    }

    /// What of ephemeral environments can't be built.
    pub(super) fn check_preview(&self, node: &Node, deploy: &Deploy, environment: &Environment) {
        let refuse = |origin: &pipec_ir::Origin, what: String, help: &str| {
            self.error(codes::P1101, origin, format!("{what} can't be built for github"), help);
        };
        let name = &environment.name;
        let facts = self.plans.source.facts.propositions();
        let elsewhere = facts.and_not(
            &self.plans.source.facts.due_node(node),
            &self.plans.source.facts.event(Event::PullRequest),
        );
        if self.plans.source.may_meet(&elsewhere, self.plans.source.facts.valid()) {
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

    /// The workflow that tears down what the pipeline deploys for pull requests, if it does.
    pub(super) fn teardown(&self) -> Option<Lowered> {
        if self.plans.teardown.is_empty() {
            return None;
        }
        let jobs: Vec<Job> = self.plans.teardown.iter().filter_map(|plan| self.rendered(plan)).collect();
        let origins: Vec<(String, Span)> =
            self.plans.teardown.iter().map(|plan| (plan.id.clone(), plan.origin)).collect();
        let group = format!("pipec-{}-teardown-", self.pipeline.name.to_ascii_lowercase());
        let mut header = self.header();
        header.push(
            "Tears down what was deployed for pull requests: when one is closed, and every hour what is left."
                .to_owned(),
        );
        let workflow = Workflow {
            header,
            name: format!("{} teardown", self.pipeline.name),
            triggers: self.ends(),
            concurrency: Concurrency {
                comment: "Every run has a group of its own: none waits for another, and none is dropped."
                    .to_owned(),
                group: Template::text(group).and("github.run_id"),
                cancel: Some(Template::text("false")),
                queue: false,
            },
            jobs,
        };
        self.check_lengths(&workflow, &origins);
        let path = format!(".github/workflows/{}", teardown_file(self.pipeline));
        Some(Lowered { workflow: Some(workflow), path, origins, ..Lowered::default() })
    }

    /// When a pull request is closed, and at a minute of every hour that differs from pipeline to pipeline.
    fn ends(&self) -> Mapping<'static> {
        let minute = Sha256::digest(self.pipeline.name.as_bytes()).first().map_or(1, |byte| 1 + byte % 59);
        let closed = Mapping::new().entry("types", Sequence::flow(["closed"]));
        let hourly = Mapping::new().entry("cron", Yaml::double_quoted(format!("{minute} * * * *")));
        Mapping::new().entry("pull_request", closed).entry("schedule", Sequence::new().item(hourly))
    }

    fn find_step(
        &self,
        name: &'static str,
        environment: &Environment,
        number: &'static str,
        permissions: &mut Permissions,
    ) -> Step {
        permissions.read("actions", "for which pull request a deploy was");
        permissions.read("deployments", "what was deployed");
        permissions.read("pull-requests", "which pull requests are closed");
        let ttl = environment.ttl.unwrap_or_default().div_ceil(1000).to_string();
        Step::run(name, Script::PreviewFind.text(Dialect::GitHub))
            .with_env("GH_TOKEN", Template::expression(TOKEN_OF_JOB))
            .with_env("ENVIRONMENT", Template::text(environment.name.clone()))
            .with_env("PULL_REQUEST", Template::expression(number))
            .with_env("TTL", Template::text(ttl))
    }

    /// The job that finds what is to go. A pull request of another repository or a bot never had anything.
    pub(super) fn find_job(&self, plan: &JobPlan, environment: &Environment) -> Job {
        let mut permissions = Permissions::default();
        let find = self.find_step("Find what is to be torn down", environment, NUMBER, &mut permissions);
        Job {
            runs_on: MACHINE.to_owned(),
            timeout_minutes: FIND_TIMEOUT,
            permissions,
            outputs: vec![(
                PULL_REQUESTS.to_owned(),
                Template::expression(format!("steps.find.outputs.{PULL_REQUESTS}")),
            )],
            steps: vec![find.with_id("find")],
            ..self.shell(plan)
        }
    }

    /// The job that tears one down, with the lock of its deploys and nothing of the pull request's code.
    pub(super) fn teardown_job(&self, plan: &JobPlan, environment: &Environment) -> Job {
        let name = &environment.name;
        let found = plan.needs().next().map(|find| format!("needs.{find}.outputs.{PULL_REQUESTS}"));
        let list = found.unwrap_or_default();
        let mut permissions = Permissions::default();
        let still = self.find_step("Still to be torn down", environment, OF_LEG, &mut permissions);
        let mut steps = vec![still.with_id(STILL)];
        permissions.read("contents", "checkout");
        let default = "github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch)";
        let inputs = vec![
            ("ref", Input::Text(Template::expression(default))),
            ("persist-credentials", Input::Flag(false)),
        ];
        steps.push(Step::uses("Check out the default branch", &pins::CHECKOUT, inputs));
        let variables = self.teardown_variables(environment);
        for identity in &environment.identities {
            let cloud = identities::cloud(identity);
            permissions.write("id-token", format!("proves to {cloud} which job this is"));
            steps.extend(self.identity_step(identity, &variables));
        }
        steps.extend(environment.secrets.iter().filter(|secret| secret.file).map(file_step));
        let node = stand_in(environment);
        for script in environment.teardown.iter().flat_map(|teardown| &teardown.steps) {
            let title = Template::text(script.name.clone().unwrap_or_else(|| "tear down".to_owned()));
            steps.push(self.script_step(&node, script, title, &variables));
        }
        permissions.write("deployments", "takes what is gone off the list");
        steps.push(
            Step::run("Take it off the list", Script::PreviewForget.text(Dialect::GitHub))
                .with_env("GH_TOKEN", Template::expression(TOKEN_OF_JOB))
                .with_env(
                    "DEPLOYMENTS",
                    Template::expression(format!("steps.{STILL}.outputs.{DEPLOYMENTS}")),
                ),
        );
        for step in steps.iter_mut().skip(1) {
            step.condition =
                Some(Expression::equals(format!("steps.{STILL}.outputs.{PULL_REQUESTS}"), "[]").negated());
        }
        Job {
            strategy: Some(Strategy {
                label: Template::text(" (").and(OF_LEG).and_text(")"),
                has_machines: false,
                matrix: Matrix::Listed("pull-request", Template::expression(format!("fromJSON({list})"))),
            }),
            runs_on: MACHINE.to_owned(),
            timeout_minutes: TEARDOWN_TIMEOUT,
            environment: Some(EnvironmentUse { name: name.clone(), url: None, is_deployment: false }),
            concurrency: Some(Concurrency {
                comment: "the lock of the deploys: nothing is torn down while it is deployed".to_owned(),
                group: self.lock_of_preview(environment, OF_LEG),
                cancel: None,
                queue: true,
            }),
            permissions,
            steps,
            ..self.shell(plan)
        }
    }

    fn teardown_variables(&self, environment: &Environment) -> Vec<(String, Template)> {
        let own = environment.teardown.iter().flat_map(|teardown| &teardown.env);
        let value = |text: &Text| {
            text.pieces.iter().fold(Template::default(), |template, piece| match piece {
                Piece::Literal(text) => template.and_text(text.clone()),
                Piece::Fact(Fact::PullRequestNumber) => template.and(OF_LEG),
                Piece::Fact(Fact::Secret(name)) => {
                    let held = environment.secrets.iter().find(|secret| secret.variable == *name);
                    template.and_template(held.map(held_as).unwrap_or_default())
                }
                // None else is let through: P0111.
                Piece::Fact(_) => template,
            })
        };
        let bindings = environment.values.iter().chain(own);
        let mut variables: Vec<(String, Template)> =
            bindings.map(|binding| (binding.variable.clone(), value(&binding.value))).collect();
        variables.push(variable(OF_LEG));
        variables.extend(environment.secrets.iter().map(|secret| (secret.variable.clone(), held_as(secret))));
        variables
    }
}

fn held_as(secret: &pipec_ir::Secret) -> Template {
    if secret.file { file(secret) } else { stored(secret) }
}

/// What the scripts of a teardown are scripts of.
fn stand_in(environment: &Environment) -> Node {
    Node {
        name: environment.name.clone(),
        id: NodeId(usize::MAX),
        docs: Vec::new(),
        origin: environment.origin.clone(),
        name_origin: environment.origin.clone(),
        stage: StageId(usize::MAX),
        kind: NodeKind::Job,
        body: Body { checkout: Checkout::None, ..Body::default() },
        before: BTreeSet::new(),
    }
}
