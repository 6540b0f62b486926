//! Texts of the source, with the facts that jobs know in other ways put in.
//!
//! For example, `"{app.path}/run {input.level}"` in a job that uses the artefact `app` becomes
//!
//! ```text
//! [Scratch, Text("/artefacts/app"), Text("/run "), Input("level")]
//! ```

use crate::passes::Texts;
use crate::units::Unit;
use crate::value::{Part, RunFact, Value};
use crate::{artefacts, credentials};
use pipec_ir::{Fact, Node, Piece, Text};

impl<'p> Texts<'_, 'p> {
    /// A text in a job of a node.
    pub(crate) fn value(&self, text: &'p Text, unit: &Unit) -> Value<'p> {
        text.pieces.iter().fold(Value::default(), |value, piece| match piece {
            Piece::Literal(text) => value.and_text(text.as_str()),
            Piece::Fact(fact) => value.and_value(self.fact(fact, unit)),
        })
    }

    fn fact(&self, fact: &'p Fact, unit: &Unit) -> Value<'p> {
        let pipeline = self.source.pipeline;
        let node = || pipeline.node(unit.node);
        let value = match fact {
            Fact::ArtefactDigest(name) => {
                pipeline.node_named(name).map(|producer| self.digest_of(producer, unit))
            }
            Fact::ArtefactPath(name) => {
                pipeline.producer(name).map(|(producer, artefact)| artefacts::path(producer, artefact))
            }
            Fact::ArtefactRef(name) => {
                pipeline.producer(name).map(|(producer, _)| self.image_reference(producer, unit))
            }
            Fact::ArtefactName(name) => pipeline.node_named(name).and_then(Node::image).map(Value::text),
            Fact::Secret(name) => node().and_then(|node| {
                let mut secrets = self.source.program.secrets_of(node);
                let secret = secrets.find(|secret| secret.variable == *name)?;
                Some(credentials::for_code_of(unit, credentials::value(secret)))
            }),
            Fact::Matrix(name) => Some(Value::part(Part::Axis(name))),
            Fact::ShardIndex => Some(Value::part(Part::Shard)),
            Fact::ShardCount => {
                let shards = node().and_then(|node| node.body.shards.as_ref());
                shards.map(|(count, _)| Value::text(count.to_string()))
            }
            Fact::CommitSha => Some(Value::fact(RunFact::CommitSha)),
            Fact::CommitShort => Some(Value::fact(RunFact::CommitShort)),
            Fact::TagName => Some(Value::fact(RunFact::TagName)),
            Fact::TagVersion => Some(Value::fact(RunFact::TagVersion)),
            Fact::BranchName => Some(Value::fact(RunFact::BranchName)),
            Fact::PullRequestNumber => Some(Value::fact(RunFact::PullRequest)),
            Fact::RunNumber => Some(Value::fact(RunFact::RunNumber)),
            Fact::RunUrl => Some(Value::fact(RunFact::RunUrl)),
            Fact::StepOutput { step, output } => Some(Value::part(Part::RawOutput(step, output))),
            Fact::Input(name) => Some(Value::input(name.as_str())),
            Fact::Setting { at, .. } => {
                self.source.program.settings.get(at).map(|setting| Value::part(Part::Setting(setting)))
            }
        };
        value.unwrap_or_else(|| Value::part(Part::Unresolved(fact)))
    }
}
