//! Origins, paths, and texts with facts that are known only in the run.
//!
//! For example, `$"v{commit.short}"` is a text of two pieces: the literal `v` and the fact `CommitShort`.

use pipec_base::{Diagnostic, Span};
use pipec_logic::Glob;
use std::fmt;

/// The origin of a part of the program. It is the place of the part, and the calls that led to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The place where it was written.
    pub span: Span,
    /// The calls that led to it, the innermost first. Each has the span of the call and the called name.
    pub calls: Vec<(Span, String)>,
}

impl Origin {
    /// An origin at `span` without calls.
    pub fn at(span: Span) -> Origin {
        Origin { span, calls: Vec::new() }
    }

    /// Another place with the same calls.
    pub fn moved_to(&self, span: Span) -> Origin {
        Origin { span, calls: self.calls.clone() }
    }

    /// Adds the calls to a diagnostic about this part.
    pub fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.calls.iter().fold(diagnostic, |diagnostic, (span, name)| {
            diagnostic.label(*span, format!("in this call of `{name}`"))
        })
    }
}

/// A path or glob in an artefact, a report or a `keep`.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPattern {
    /// The glob in the language's own dialect, without a leading `./`.
    pub glob: Glob,
    /// Where it was written.
    pub origin: Origin,
}

/// A text with facts. The engine substitutes them in the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// The pieces in order. Adjacent literals are merged.
    pub pieces: Vec<Piece>,
}

impl Fact {
    /// Whether two runs of one commit may have different values of it.
    pub fn is_of_run_alone(&self) -> bool {
        matches!(
            self,
            Fact::TagName
                | Fact::TagVersion
                | Fact::BranchName
                | Fact::PullRequestNumber
                | Fact::RunNumber
                | Fact::RunUrl
                | Fact::Input(_)
        )
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Known at compile time.
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

    /// Appends another text.
    pub fn append(&mut self, other: Text) {
        for piece in other.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Literal(last)), Piece::Literal(more)) => last.push_str(&more),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// The value of a text without facts.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The facts in the text.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fact(fact) => Some(fact),
            Piece::Literal(_) => None,
        })
    }
}

/// A fact of a run that a text may contain (language reference, "Types and values").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// `commit.sha`: 40 hexadecimal digits.
    CommitSha,
    /// `commit.short`: its first 12 digits.
    CommitShort,
    /// `tag.name`: known on tag events.
    TagName,
    /// `tag.version`: the tag's name from its first digit. Known on tag events.
    TagVersion,
    /// `branch.name`: known on push, schedule and manual events.
    BranchName,
    /// `pull-request.number`: known on pull-request events.
    PullRequestNumber,
    /// `run.number`: increases by one with each run of the pipeline.
    RunNumber,
    /// `run.url`: the address of the run.
    RunUrl,
    /// `step.output`: an output of a named action above in the same `engine` block.
    StepOutput {
        /// The name of the call.
        step: String,
        /// The output.
        output: String,
    },
    /// `input.X`: known on manual events.
    Input(String),
    /// `matrix.X`: known in a node with this axis.
    Matrix(String),
    /// `shard.index`: from 1.
    ShardIndex,
    /// `shard.count`.
    ShardCount,
    /// `web.digest`: the digest of an artefact, by its node's name. It is `sha256:` and 64 hexadecimal digits.
    ArtefactDigest(String),
    /// `app.path`, or `web.layout` of an image. It is the path of the artefact in a node that uses it.
    ArtefactPath(String),
    /// `web.ref`: the reference for pulling an image. It is the name and digest, or, in a run of unreviewed code, the
    /// place of the layout.
    ArtefactRef(String),
    /// `web.name`: an image's name in its registry.
    ArtefactName(String),
    /// A setting: what the platform holds under a name. Anyone with access to the repository may change it.
    Setting {
        /// Its name in the source.
        name: String,
        /// Its name on the platform, as in `Program::settings`.
        at: String,
    },
    /// A secret of the node or of its environment, by its name. Its value is the secret, or the path of the file with
    /// the secret. It must be the whole value of a variable. An environment here is the one that the node deploys to.
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
            Fact::Setting { name, .. } => write!(f, "{name}"),
            Fact::ArtefactDigest(name) => write!(f, "{name}.digest"),
            Fact::ArtefactPath(name) => write!(f, "{name}.path"),
            Fact::ArtefactRef(name) => write!(f, "{name}.ref"),
            Fact::ArtefactName(name) => write!(f, "{name}.name"),
            Fact::Secret(name) => write!(f, "{name}"),
        }
    }
}
