//! Texts with facts in them, and the variables of scripts.

use super::{Lowering, artefacts, images, matrix, previews, raw};
use crate::document::Step;
use crate::template::Template;
use pipec_ir::{Binding, Fact, Node, NodeKind, Piece, Text};
use pipec_lowering::{Runs, Unit};
use pipec_runtime::{Dialect, Script};

/// The step that works out facts which GitHub doesn't have.
const FACTS: &str = "facts";

/// The variable of the job's token.
const TOKEN: &str = "PIPE_TOKEN";

/// The token itself.
pub(super) const TOKEN_OF_JOB: &str = "github.token";

impl Lowering<'_> {
    /// A text in a job, facts filled in by GitHub.
    pub(super) fn value(&self, text: &Text, unit: &Unit) -> Template {
        text.pieces.iter().fold(Template::default(), |template, piece| match piece {
            Piece::Literal(text) => template.and_text(text.clone()),
            Piece::Fact(fact) => template.and_template(self.fact(fact, unit)),
        })
    }

    fn fact(&self, fact: &Fact, unit: &Unit) -> Template {
        let expression = match fact {
            Fact::CommitSha => "github.sha".to_owned(),
            Fact::CommitShort => format!("steps.{FACTS}.outputs.commit-short"),
            Fact::TagName | Fact::BranchName => "github.ref_name".to_owned(),
            Fact::TagVersion => format!("steps.{FACTS}.outputs.tag-version"),
            Fact::PullRequestNumber => "github.event.pull_request.number".to_owned(),
            Fact::RunNumber => "github.run_number".to_owned(),
            Fact::RunUrl => {
                return Template::expression("github.server_url")
                    .and_text("/")
                    .and("github.repository")
                    .and_text("/actions/runs/")
                    .and("github.run_id");
            }
            Fact::Input(name) => format!("inputs.{name}"),
            Fact::StepOutput { step, output } => format!("steps.{}.outputs.{output}", raw::id(step)),
            Fact::ArtefactDigest(name) => match self.pipeline.node_named(name) {
                Some(producer) => self.digest_of(producer, unit),
                None => return Template::default(),
            },
            Fact::ArtefactPath(name) => {
                return match self.pipeline.producer(name) {
                    Some((producer, artefact)) => artefacts::path(producer, artefact),
                    None => Template::default(),
                };
            }
            Fact::Secret(name) => {
                return self
                    .pipeline
                    .node(unit.node)
                    .and_then(|node| self.secret_value(name, node, unit))
                    .unwrap_or_default();
            }
            Fact::ArtefactRef(name) => {
                return match self.pipeline.producer(name) {
                    Some((producer, _)) => self.image_reference(name, producer, unit),
                    None => Template::default(),
                };
            }
            Fact::ArtefactName(name) => {
                let image = self.pipeline.node_named(name).and_then(images::image);
                return Template::text(image.unwrap_or_default().to_owned());
            }
            Fact::Matrix(name) => return matrix::axis(name),
            Fact::ShardIndex => return matrix::shard_index(),
            Fact::ShardCount => {
                let shards = self.pipeline.node(unit.node).and_then(|node| node.body.shards.as_ref());
                return Template::text(shards.map_or_else(String::new, |(count, _)| count.to_string()));
            }
        };
        Template::expression(expression)
    }

    /// The variables of a node's scripts, in the order of their clauses; artefacts, secrets and the token last.
    pub(super) fn environment(&self, node: &Node, unit: &Unit) -> Vec<(String, Template)> {
        let of_legs = node.leg_variables();
        let mut variables: Vec<(String, Template)> = self
            .bindings(node)
            .filter(|binding| !of_legs.iter().any(|own| own.variable == binding.variable))
            .map(|binding| (binding.variable.clone(), self.value(&binding.value, unit)))
            .collect();
        variables.extend(self.layout_variable(node));
        variables.extend(self.sidecar_variables(node));
        variables.extend(self.plans.source.preview_of(node).map(|_| previews::variable(previews::NUMBER)));
        variables
            .extend(of_legs.into_iter().map(|own| (own.variable.clone(), matrix::leg_value(&own.variable))));
        variables.extend(self.artefact_variables(node, unit));
        variables.extend(self.secret_variables(node, unit));
        variables.extend(token_variable(node, unit));
        variables
    }

    /// The values of a deploy's environment, and what `env` says.
    pub(super) fn bindings<'b>(&'b self, node: &'b Node) -> impl Iterator<Item = &'b Binding> {
        let environment = match &node.kind {
            NodeKind::Deploy(deploy) => self.program.environments.get(&deploy.environment),
            _ => None,
        };
        environment.into_iter().flat_map(|environment| &environment.values).chain(&node.body.env)
    }
}

/// The job's token, for the scripts of a node that says `may write`: without it they could not use their right. Where the
/// code was not reviewed there is no right, and the variable is empty.
fn token_variable(node: &Node, unit: &Unit) -> Option<(String, Template)> {
    let token = match unit.runs {
        Runs::Untrusted => Template::default(),
        Runs::All | Runs::Trusted => Template::expression("github.token"),
    };
    (!node.body.rights.is_empty()).then(|| (TOKEN.to_owned(), token))
}

/// The step that works out the facts that something reads, if anything does.
pub(super) fn facts_step<'t>(read_by: impl IntoIterator<Item = &'t Template>) -> Option<Step> {
    let outputs = ["steps.", FACTS, "."].concat();
    let reads = read_by.into_iter().any(|template| template.reads(&outputs));
    reads.then(|| Step::run("Work out the facts", Script::Facts.text(Dialect::GitHub)).with_id(FACTS))
}
