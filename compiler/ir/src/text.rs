//! Where a part came from, paths, and texts that hold facts known only at run time.

use pipec_base::{Diagnostic, Span};
use pipec_logic::Glob;
use std::fmt;

/// Where a part of the program was written, and through which calls it got to where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The place it was written.
    pub span: Span,
    /// The calls that brought it here, the innermost first: the span of the call and the name of what was called.
    pub calls: Vec<(Span, String)>,
}

impl Origin {
    /// Written at `span`, brought by no call.
    pub fn at(span: Span) -> Origin {
        Origin { span, calls: Vec::new() }
    }

    /// Another place brought by the same calls.
    pub fn moved_to(&self, span: Span) -> Origin {
        Origin { span, calls: self.calls.clone() }
    }

    /// Adds to a diagnostic about this part the calls that brought it here.
    pub fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.calls.iter().fold(diagnostic, |diagnostic, (span, name)| {
            diagnostic.label(*span, format!("in this call of `{name}`"))
        })
    }
}

/// A path or glob in an artefact, a report or a `keep`.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPattern {
    /// In the language's own dialect, without a leading `./`.
    pub glob: Glob,
    /// Where it was written.
    pub origin: Origin,
}

/// A text whose facts are filled in by the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// Its pieces in order; no two literals are neighbours.
    pub pieces: Vec<Piece>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Known now.
    Literal(String),
    /// Known in the run.
    Fact(Fact),
}

impl Text {
    /// A text without facts.
    pub fn literal(text: impl Into<String>) -> Text {
        let text = text.into();
        if text.is_empty() { Text::default() } else { Text { pieces: vec![Piece::Literal(text)] } }
    }

    /// A text that is one fact.
    pub fn fact(fact: Fact) -> Text {
        Text { pieces: vec![Piece::Fact(fact)] }
    }

    /// Puts another text behind this one.
    pub fn append(&mut self, other: Text) {
        for piece in other.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Literal(last)), Piece::Literal(more)) => last.push_str(&more),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// Its value, if it holds no fact.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The facts it holds.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fact(fact) => Some(fact),
            Piece::Literal(_) => None,
        })
    }
}

/// A fact of a run that may stand in a text (language reference, "Types and values").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// `commit.sha`: 40 hexadecimal digits.
    CommitSha,
    /// `commit.short`: its first 12 digits.
    CommitShort,
    /// `tag.name`: on tag events.
    TagName,
    /// `tag.version`: the tag's name from its first digit on; on tag events.
    TagVersion,
    /// `branch.name`: on push, schedule and manual events.
    BranchName,
    /// `pull-request.number`: on pull-request events.
    PullRequestNumber,
    /// `run.number`: rises by one with each run of the pipeline.
    RunNumber,
    /// `run.url`: where people see the run.
    RunUrl,
    /// `step.output`: what a named action of an `engine` block left, further down in the block.
    StepOutput {
        /// The name that the call was given.
        step: String,
        /// The output.
        output: String,
    },
    /// `input.X`: on manual events.
    Input(String),
    /// `matrix.X`: in a node with that axis.
    Matrix(String),
    /// `shard.index`: from 1.
    ShardIndex,
    /// `shard.count`
    ShardCount,
    /// `web.digest`: the digest of an artefact, by its node's name: `sha256:` and 64 hexadecimal digits.
    ArtefactDigest(String),
    /// `app.path`, an image's `web.layout`: where the artefact is present in a node that uses it.
    ArtefactPath(String),
    /// `web.ref`: by what an image is pulled: its name and digest, or where its layout lies in a run of code that was not
    /// reviewed.
    ArtefactRef(String),
    /// `web.name`: an image's name in its registry.
    ArtefactName(String),
    /// A secret the node itself or the environment it deploys to holds, by its name: its value, or the path of the file
    /// that holds it. Stands only alone, and only in the value of a variable.
    Secret(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::CommitSha => write!(f, "commit.sha"),
            Fact::CommitShort => write!(f, "commit.short"),
            Fact::TagName => write!(f, "tag.name"),
            Fact::TagVersion => write!(f, "tag.version"),
            Fact::BranchName => write!(f, "branch.name"),
            Fact::PullRequestNumber => write!(f, "pull-request.number"),
            Fact::RunNumber => write!(f, "run.number"),
            Fact::RunUrl => write!(f, "run.url"),
            Fact::StepOutput { step, output } => write!(f, "{step}.{output}"),
            Fact::Input(name) => write!(f, "input.{name}"),
            Fact::Matrix(axis) => write!(f, "matrix.{axis}"),
            Fact::ShardIndex => write!(f, "shard.index"),
            Fact::ShardCount => write!(f, "shard.count"),
            Fact::ArtefactDigest(name) => write!(f, "{name}.digest"),
            Fact::ArtefactPath(name) => write!(f, "{name}.path"),
            Fact::ArtefactRef(name) => write!(f, "{name}.ref"),
            Fact::ArtefactName(name) => write!(f, "{name}.name"),
            Fact::Secret(name) => write!(f, "{name}"),
        }
    }
}
