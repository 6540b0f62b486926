//! Texts with facts in them, and the variables of scripts.

use super::order::{Runs, Unit};
use super::{Lowering, artefacts, matrix, previews, raw};
use crate::document::Step;
use crate::template::Template;
use pipec_ir::{Fact, Node, Piece, Text};
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
            Piece::Fact(fact) => match self.fact(fact, unit) {
                Some(value) => template.and_template(value),
                None => {
                    let origin = self.pipeline.node(unit.node).map_or(&self.pipeline.origin, |it| &it.origin);
                    self.internal(origin, format!("`{}` reads `{fact}`, which has no value", unit.id));
                    template
                }
            },
        })
    }

    /// A fact in a job; `None`, if the program has nothing of the name that it speaks of.
    fn fact(&self, fact: &Fact, unit: &Unit) -> Option<Template> {
        let expression = match fact {
            Fact::CommitSha => "github.sha".to_owned(),
            Fact::CommitShort => format!("steps.{FACTS}.outputs.commit-short"),
            Fact::TagName | Fact::BranchName => "github.ref_name".to_owned(),
            Fact::TagVersion => format!("steps.{FACTS}.outputs.tag-version"),
            Fact::PullRequestNumber => "github.event.pull_request.number".to_owned(),
            Fact::RunNumber => "github.run_number".to_owned(),
            Fact::RunUrl => {
                let url = Template::expression("github.server_url").and_text("/").and("github.repository");
                return Some(url.and_text("/actions/runs/").and("github.run_id"));
            }
            Fact::Input(name) => format!("inputs.{name}"),
            Fact::StepOutput { step, output } => format!("steps.{}.outputs.{output}", raw::id(step)),
            Fact::ArtefactDigest(name) => {
                let (producer, _) = self.pipeline.producer(name)?;
                self.digest_of(producer, unit)
            }
            Fact::ArtefactPath(name) => {
                let (producer, artefact) = self.pipeline.producer(name)?;
                return Some(artefacts::path(producer, artefact));
            }
            Fact::Secret(name) => return self.secret_value(name, self.pipeline.node(unit.node)?, unit),
            Fact::ArtefactRef(name) => {
                let (producer, artefact) = self.pipeline.producer(name)?;
                return Some(self.image_reference(producer, artefact.image()?, unit));
            }
            Fact::ArtefactName(name) => {
                let (_, artefact) = self.pipeline.producer(name)?;
                return Some(Template::text(artefact.image()?.to_owned()));
            }
            Fact::Matrix(name) => return Some(matrix::axis(name)),
            Fact::ShardIndex => return Some(matrix::shard_index()),
            Fact::ShardCount => {
                let (count, _) = self.pipeline.node(unit.node)?.body.shards.as_ref()?;
                return Some(Template::text(count.to_string()));
            }
        };
        Some(Template::expression(expression))
    }

    /// The variables of a node's scripts, in the order of their clauses; artefacts, secrets and the token last.
    pub(super) fn environment(&self, node: &Node, unit: &Unit) -> Vec<(String, Template)> {
        let of_legs = node.leg_variables();
        let mut variables: Vec<(String, Template)> = self
            .program
            .bindings_of(node)
            .filter(|binding| !of_legs.iter().any(|own| own.variable == binding.variable))
            .map(|binding| (binding.variable.clone(), self.value(&binding.value, unit)))
            .collect();
        variables.extend(self.layout_variable(node));
        variables.extend(self.sidecar_variables(node));
        variables.extend(self.program.preview_of(node).map(|_| previews::variable(previews::NUMBER)));
        let of_legs = of_legs.into_iter().map(|own| &own.variable);
        variables.extend(of_legs.map(|name| (name.clone(), matrix::leg_value(name))));
        variables.extend(self.artefact_variables(node, unit));
        variables.extend(self.secret_variables(node, unit));
        variables.extend(token_variable(node, unit));
        variables
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
