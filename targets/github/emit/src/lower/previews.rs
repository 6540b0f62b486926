//! Ephemeral environments: the workflow that tears them down.
//!
//! It runs when a pull request is closed. It also runs every hour, since GitHub misses some closes and some pull requests
//! stay open. GitHub's list of deployments says what exists: the job of a deploy adds itself, and a teardown removes it. The
//! name of the job's first step says for which pull request a deployment was. Several pull requests may share its reference
//! and its commit.

use super::{Lowered, Lowering, names};
use crate::document::{Concurrency, Matrix, Strategy, Workflow};
use crate::expression::Expression;
use crate::template::Template;
use pipec_base::Span;
use pipec_ir::Pipeline;
use pipec_yaml::{Mapping, Node as Yaml, Sequence};
use sha2::{Digest, Sha256};

/// The number of the pull request that a run is for.
pub(super) const NUMBER: &str = "github.event.pull_request.number";

/// The number of the pull request that a leg of the teardown is for.
pub(super) const OF_LEG: &str = "matrix.pull-request";

/// The output that lists pull requests.
const PULL_REQUESTS: &str = "pull-requests";

/// The expression that the run is the hourly one.
pub(super) fn sweep() -> Expression {
    Expression::equals("github.event_name", "schedule")
}

/// The expression that a member's pull request was closed.
pub(super) fn closed_by_member() -> Expression {
    Expression::all([
        Expression::raw("github.event.pull_request.head.repo.full_name == github.repository"),
        Expression::raw("github.event.pull_request.user.type != 'Bot'"),
    ])
}

/// The expression that a job found something to tear down.
pub(super) fn found(job: &str) -> Expression {
    Expression::equals(format!("needs.{job}.outputs.{PULL_REQUESTS}"), "[]").negated()
}

/// The expression that a step found something to tear down.
pub(super) fn still_found(step: &str) -> Expression {
    Expression::equals(format!("steps.{step}.outputs.{PULL_REQUESTS}"), "[]").negated()
}

/// The strategy with a leg for each pull request that a job found.
pub(super) fn each_found(job: &str) -> Strategy {
    let list = format!("fromJSON(needs.{job}.outputs.{PULL_REQUESTS})");
    Strategy {
        label: Template::text(" (").and(OF_LEG).and_text(")"),
        has_machines: false,
        matrix: Matrix::Listed("pull-request", Template::expression(list)),
    }
}

/// The workflow that tears down, in `.github/workflows`.
pub(super) fn teardown_file(pipeline: &Pipeline) -> String {
    let file = names::file_name(pipeline);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file.as_str(), "yml"));
    format!("{stem}-teardown.{extension}")
}

impl Lowering<'_> {
    /// The workflow that tears down what the pipeline deploys for pull requests, if it does.
    pub(super) fn teardown(&self) -> Option<Lowered<'static>> {
        if self.plans.teardown.is_empty() {
            return None;
        }
        let jobs = self.plans.teardown.iter().map(|plan| self.job(plan)).collect();
        let origins: Vec<(String, Span)> =
            self.plans.teardown.iter().map(|plan| (plan.id.to_string(), plan.origin)).collect();
        let group = format!("pipec-{}-teardown-", self.pipeline.name.to_ascii_lowercase());
        let purpose = "Tears down what was deployed for pull requests: when one is closed, and every hour what is left.";
        let workflow = Workflow {
            header: pipec_lowering::header(self.pipeline, Some(purpose)),
            name: format!("{} teardown", self.pipeline.name),
            triggers: self.ends(),
            concurrency: Concurrency {
                comment: "every run has a group of its own, so none is dropped".to_owned(),
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

    /// The triggers: a closed pull request, and every hour.
    ///
    /// The minute depends on the pipeline's name.
    fn ends(&self) -> Mapping<'static> {
        let minute = Sha256::digest(self.pipeline.name.as_bytes()).first().map_or(1, |byte| 1 + byte % 59);
        let closed = Mapping::new().entry("types", Sequence::flow(["closed"]));
        let hourly = Mapping::new().entry("cron", Yaml::double_quoted(format!("{minute} * * * *")));
        Mapping::new().entry("pull_request", closed).entry("schedule", Sequence::new().item(hourly))
    }
}
