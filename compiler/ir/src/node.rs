//! The nodes of a pipeline: gates, artefacts, deploys and jobs.
//!
//! For example, `gate unit: test { … }` is a node of the kind `Gate`, with the evidence `test`, the name `unit` and the
//! stage around it.

use crate::{Body, Change, Deploy, Origin, PathPattern, StageId};
use std::collections::BTreeSet;

/// A node's index in its pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// A piece of work in a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name, unique in the pipeline. A deploy's name is `deploy-ARTEFACTS-to-ENVIRONMENT`.
    pub name: String,
    /// Its index.
    pub id: NodeId,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// The place of its name. For a deploy, this is its environment.
    pub name_origin: Origin,
    /// Its stage.
    pub stage: StageId,
    /// Its kind, with the clauses that only this kind has.
    pub kind: NodeKind,
    /// Its work.
    pub body: Body,
    /// Every node before it, transitively (language reference, "What a run means", 2).
    pub before: BTreeSet<NodeId>,
}

/// The kind of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A gate, which yields evidence.
    Gate(Gate),
    /// An artefact, which is built once.
    Artefact(Artefact),
    /// A deploy, which changes an environment.
    Deploy(Box<Deploy>),
    /// A job, which yields neither evidence nor an artefact.
    Job,
}

/// A kind of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Its name: `test`, `vulnerability`.
    pub name: String,
    /// Whether it is about artefacts. Otherwise it is about the commit, and so about all artefacts built from it.
    pub of_artefact: bool,
}

impl Evidence {
    /// The standard kinds (language reference, "Declarations"), and whether each is about artefacts.
    const STANDARD: [(&str, bool); 15] = [
        ("test", false),
        ("lint", false),
        ("sast", false),
        ("secrets", false),
        ("licence", false),
        ("schema-check", false),
        ("policy", false),
        ("review", false),
        ("vulnerability", true),
        ("sbom", true),
        ("provenance", true),
        ("acceptance", true),
        ("performance", true),
        ("evaluation", true),
        ("fairness", true),
    ];

    /// The standard kind with a name.
    pub fn standard(name: &str) -> Option<Evidence> {
        let found = Evidence::STANDARD.iter().find(|(standard, _)| *standard == name);
        found.map(|(name, of_artefact)| Evidence { name: (*name).to_owned(), of_artefact: *of_artefact })
    }

    /// The names of the standard kinds.
    pub fn standard_names() -> impl Iterator<Item = &'static str> {
        Evidence::STANDARD.iter().map(|(name, _)| *name)
    }
}

/// A gate: a check that must pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// The evidence that it yields.
    pub evidence: Evidence,
    /// The artefacts that it checks, by name. Empty for evidence of the commit.
    pub of: Vec<String>,
    /// The reason why it is advisory, if it is.
    pub advisory: Option<(String, Origin)>,
    /// When it is exempt.
    pub exemptions: Vec<ExemptionRule>,
    /// Who may override it, and for how long.
    pub overriding: Option<Override>,
    /// `repeat N quorum M`.
    pub quorum: Option<Quorum>,
}

/// `exempt … because "…"`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExemptionRule {
    /// The condition of the exemption.
    pub when: Exemption,
    /// The reason.
    pub because: String,
    /// Where it was written.
    pub origin: Origin,
}

/// When a gate is exempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Exemption {
    /// None of these is known to have changed.
    UnlessChanged(Vec<Change>),
    /// The run is for a pull request of a fork or a bot.
    OnFork,
}

/// `override by ROLE { expires 24h review within 3d }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The role that approves.
    pub role: String,
    /// The maximum age of an approval, in milliseconds.
    pub expires: u64,
    /// The time until its review, in milliseconds.
    pub review_within: u64,
    /// Where it was written.
    pub origin: Origin,
}

/// `repeat N quorum M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// The number of repetitions.
    pub times: u64,
    /// The number of repetitions that must pass: more than half.
    pub quorum: u64,
}

/// An artefact: it is built once and passed on by digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Artefact {
    /// Its type.
    pub ty: ArtefactType,
    /// The files that its build creates, relative to the body's directory. Empty for images.
    pub paths: Vec<PathPattern>,
    /// The registry name of an image.
    pub image_name: Option<(String, Origin)>,
}

impl Artefact {
    /// Its only file, if it has exactly one literal path. Otherwise it is a folder.
    pub fn single_file(&self) -> Option<&str> {
        match self.paths.as_slice() {
            [only] if only.glob.is_literal() => Some(only.glob.text()),
            _ => None,
        }
    }
}

/// The types of artefacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum ArtefactType {
    Image,
    Binary,
    Archive,
    Package,
    Site,
    Chart,
    Sbom,
    Report,
}

impl ArtefactType {
    /// All types.
    pub const ALL: [ArtefactType; 8] = [
        ArtefactType::Image,
        ArtefactType::Binary,
        ArtefactType::Archive,
        ArtefactType::Package,
        ArtefactType::Site,
        ArtefactType::Chart,
        ArtefactType::Sbom,
        ArtefactType::Report,
    ];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            ArtefactType::Image => "image",
            ArtefactType::Binary => "binary",
            ArtefactType::Archive => "archive",
            ArtefactType::Package => "package",
            ArtefactType::Site => "site",
            ArtefactType::Chart => "chart",
            ArtefactType::Sbom => "sbom",
            ArtefactType::Report => "report",
        }
    }

    /// The field that scripts mostly use: `ref` of an image, else `path`.
    pub fn main_field(self) -> &'static str {
        if self == ArtefactType::Image { "ref" } else { "path" }
    }

    /// The type with a keyword.
    pub fn from_word(word: &str) -> Option<ArtefactType> {
        ArtefactType::ALL.into_iter().find(|ty| ty.word() == word)
    }
}
