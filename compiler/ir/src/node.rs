//! The nodes of a pipeline: gates, artefacts, deploys and jobs.

use crate::{Action, Body, Change, Origin, StageId};
use pipec_logic::Glob;
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

impl Node {
    /// How often it may run its scripts: all tries of all repeats.
    pub fn runs(&self) -> u64 {
        let tries = self.body.retry.as_ref().map_or(1, |retry| retry.times.saturating_add(1));
        match &self.kind {
            NodeKind::Gate(gate) => tries.saturating_mul(gate.quorum.map_or(1, |quorum| quorum.times)),
            _ => tries,
        }
    }

    /// How long it may take, in milliseconds: its timeout as often as it may run, and a deploy's soaks, in whole minutes,
    /// which is what engines are told.
    pub fn longest(&self) -> u64 {
        const MINUTE: u64 = 60_000;
        let soaks = match &self.kind {
            NodeKind::Deploy(deploy) => deploy.soaks(),
            _ => 0,
        };
        let said = self.body.timeout.saturating_mul(self.runs()).saturating_add(soaks);
        said.div_ceil(MINUTE).max(1).saturating_mul(MINUTE)
    }

    /// Whether it is a gate that can stop a deploy.
    pub fn is_blocking_gate(&self) -> bool {
        matches!(&self.kind, NodeKind::Gate(gate) if gate.advisory.is_none())
    }
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

/// A path or glob in an artefact, a report or a `keep`.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPattern {
    /// In the language's own dialect, without a leading `./`.
    pub glob: Glob,
    /// Where it was written.
    pub origin: Origin,
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

/// The only way into an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deploy {
    /// The artefacts, by name, in source order: they move and roll back together.
    pub artefacts: Vec<String>,
    /// The environment, by name.
    pub environment: String,
    /// Where the environment was written.
    pub environment_origin: Origin,
    /// How the weight moves.
    pub strategy: Option<Strategy>,
    /// Moves the weight; replaces the body's `run`.
    pub shift: Option<Action>,
    /// Judges after each step.
    pub verify: Option<Action>,
    /// Goes back.
    pub rollback: Option<Action>,
    /// Why there is no way back.
    pub irreversible: Option<(String, Origin)>,
}

impl Deploy {
    /// Its actions, as far as it has them, in the order in which they come.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        [&self.shift, &self.verify, &self.rollback].into_iter().flatten()
    }

    /// How long it soaks in all, in milliseconds: that is added to its timeout.
    pub fn soaks(&self) -> u64 {
        let steps = self.strategy.iter().flat_map(|strategy| &strategy.steps);
        steps.fold(0, |sum: u64, step| sum.saturating_add(step.soak))
    }
}

/// `strategy canary { step 5% soak 10m … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Its kind.
    pub kind: String,
    /// Its steps, in order.
    pub steps: Vec<StrategyStep>,
    /// Where it was written.
    pub origin: Origin,
}

/// `step 5% soak 10m`
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyStep {
    /// The weight in percent, as written.
    pub weight: String,
    /// How long it stays there, in milliseconds.
    pub soak: u64,
    /// Where it was written.
    pub origin: Origin,
}
