//! The nodes of a pipeline: gates, artefacts, deploys and jobs.

use crate::{Body, Change, Deploy, Origin, PathPattern, StageId};
use std::collections::BTreeSet;

/// A node's place in its pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// A piece of work in a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name, unique in the pipeline; a deploy's is `deploy-ARTEFACTS-to-ENVIRONMENT`.
    pub name: String,
    /// Its place.
    pub id: NodeId,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// Where its name was written (a deploy's: its environment).
    pub name_origin: Origin,
    /// The stage it stands in.
    pub stage: StageId,
    /// What it yields.
    pub kind: NodeKind,
    /// What it does.
    pub body: Body,
    /// Every node before it, transitively (language reference, "What a run means", 2).
    pub before: BTreeSet<NodeId>,
}

/// What a node yields.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Evidence.
    Gate(Gate),
    /// Something built, once.
    Artefact(Artefact),
    /// A change of an environment.
    Deploy(Box<Deploy>),
    /// Neither.
    Job,
}

/// A kind of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Its name: `test`, `vulnerability`.
    pub name: String,
    /// Whether it is of artefacts; else of the commit, and so of all artefacts built from it.
    pub of_artefact: bool,
}

impl Evidence {
    /// The standard kinds (language reference, "Declarations"), and whether each is of artefacts.
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

    /// The standard kind of that name.
    pub fn standard(name: &str) -> Option<Evidence> {
        let found = Evidence::STANDARD.iter().find(|(standard, _)| *standard == name);
        found.map(|(name, of_artefact)| Evidence { name: (*name).to_owned(), of_artefact: *of_artefact })
    }

    /// The names of the standard kinds.
    pub fn standard_names() -> impl Iterator<Item = &'static str> {
        Evidence::STANDARD.iter().map(|(name, _)| *name)
    }
}

/// A check that must pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What it yields.
    pub evidence: Evidence,
    /// The artefacts it judges, by name; empty for evidence of the commit.
    pub of: Vec<String>,
    /// Why it only reports, if it does.
    pub advisory: Option<(String, Origin)>,
    /// When it need not run.
    pub exemptions: Vec<ExemptionRule>,
    /// Who may override it.
    pub overriding: Option<Override>,
    /// `repeat N quorum M`
    pub quorum: Option<Quorum>,
}

/// `exempt … because "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct ExemptionRule {
    /// When.
    pub when: Exemption,
    /// Why.
    pub because: String,
    /// Where it was written.
    pub origin: Origin,
}

/// When a gate is exempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Exemption {
    /// Nothing of these is known to have changed.
    UnlessChanged(Vec<Change>),
    /// The run is a fork's or a bot's pull request.
    OnFork,
}

/// `override by ROLE { expires 24h review within 3d }`
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The role that approves.
    pub role: String,
    /// How old an approval may be, in milliseconds.
    pub expires: u64,
    /// By when it is reviewed, in milliseconds.
    pub review_within: u64,
    /// Where it was written.
    pub origin: Origin,
}

/// `repeat N quorum M`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// How often it runs.
    pub times: u64,
    /// How many must pass: more than half.
    pub quorum: u64,
}

/// Something built once and handed over by digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Artefact {
    /// Its type.
    pub ty: ArtefactType,
    /// What its build leaves behind, relative to the body's directory; empty for images.
    pub paths: Vec<PathPattern>,
    /// The registry name of an image.
    pub image_name: Option<(String, Origin)>,
}

impl Artefact {
    /// The one file it is, if it is one literal path; else it is a folder.
    pub fn single_file(&self) -> Option<&str> {
        match self.paths.as_slice() {
            [only] if only.glob.is_literal() => Some(only.glob.text()),
            _ => None,
        }
    }
}

/// The types of artefacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
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
    /// All of them.
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

    /// Its word in the language.
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

    /// The type of that word.
    pub fn from_word(word: &str) -> Option<ArtefactType> {
        ArtefactType::ALL.into_iter().find(|ty| ty.word() == word)
    }
}
