//! The theorems, exactly as the reference states them. Each has its own file, and each failure comes with the run that
//! shows it.

mod budget;
mod build_once;
mod every_change_travels;
mod facts_there;
mod kept_caches;
mod missed_changes;
mod no_skipped_gates;
mod one_path;
mod overrides;
mod promotion;
mod statements;
mod table;

use crate::Effort;
use pipec_base::{Code, Diagnostic, Span, codes};
use pipec_claims::Theorem;
use pipec_ir::facts::{Run, SourceFacts};
use pipec_ir::{Identity, Node, NodeKind, Pipeline, Program, Tier};
use pipec_logic::Proposition;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the theorems across pipelines read of one pipeline.
#[derive(Debug)]
pub(crate) struct Summary {
    /// The name of the pipeline.
    name: String,
    /// The environments that its deploys enter, each with the place where the deploy names it.
    enters: Vec<(String, Span)>,
    /// The identities of its nodes, each with its holder as people speak of it.
    identities: Vec<(Identity, String)>,
}

impl Summary {
    pub(crate) fn of(pipeline: &Pipeline) -> Summary {
        let enters = pipeline
            .deploys()
            .map(|(_, deploy)| (deploy.environment.clone(), deploy.environment_origin.span))
            .collect();
        let of_node = pipeline.nodes.iter().flat_map(|node| {
            node.body.identities.iter().map(move |identity| (identity.clone(), named(node)))
        });
        let identities = of_node.collect();
        Summary { name: pipeline.name.clone(), enters, identities }
    }

    /// Whether the theorems across pipelines hold for both or for neither. The places of deploys only label a finding.
    pub(crate) fn is_alike(&self, other: &Summary) -> bool {
        let entered = self.enters.iter().map(|(name, _)| name);
        self.name == other.name
            && entered.eq(other.enters.iter().map(|(name, _)| name))
            && self.identities == other.identities
    }
}

/// Proves the theorems across pipelines. All pipelines must be complete.
pub(crate) fn prove_across(program: &Program, summaries: &[Arc<Summary>], diagnostics: &mut Vec<Diagnostic>) {
    for across in table::TABLE.iter().filter_map(|entry| entry.across) {
        across(program, summaries, diagnostics);
    }
}

/// Whether exactly one pipeline deploys to production.
pub(crate) fn is_alone(program: &Program, summaries: &[Arc<Summary>]) -> bool {
    let is_production = |name: &String| {
        program.environments.get(name).is_some_and(|environment| environment.tier == Tier::Production)
    };
    let to_production =
        summaries.iter().filter(|summary| summary.enters.iter().any(|(name, _)| is_production(name)));
    to_production.take(2).count() == 1
}

/// The codes of findings that refute some theorem.
pub(crate) fn refuting(diagnostics: &[Diagnostic]) -> BTreeSet<Code> {
    if diagnostics.is_empty() {
        return BTreeSet::new();
    }
    let refuting: BTreeSet<Code> = table::TABLE.iter().flat_map(|entry| entry.theorem.codes()).collect();
    let found = diagnostics.iter().map(|diagnostic| diagnostic.code);
    found.filter(|code| refuting.contains(code)).collect()
}

/// The result of proving one pipeline.
#[derive(Debug, Default)]
pub(crate) struct PipelineProof {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether every theorem could be decided.
    is_decided: bool,
    /// The branches and tags from which each production environment is deployed to, by its name.
    deployed_from: BTreeMap<String, BTreeSet<String>>,
    pub(crate) effort: Effort,
}

/// Proves one complete pipeline. `is_alone` says whether exactly one pipeline deploys to production.
pub(crate) fn prove_pipeline(program: &Program, pipeline: &Pipeline, is_alone: bool) -> PipelineProof {
    let facts = match SourceFacts::of(pipeline) {
        Ok(facts) => facts,
        Err(_) => {
            return PipelineProof { diagnostics: vec![undecided(pipeline)], ..PipelineProof::default() };
        }
    };
    let mut proof = Proof { program, pipeline, is_alone, facts, diagnostics: Vec::new(), undecided: false };
    for within in table::TABLE.iter().filter_map(|entry| entry.within) {
        within(&mut proof);
    }
    let deployed_from = deployed_from(&proof);
    let propositions = proof.facts.propositions();
    let effort =
        Effort { facts: propositions.variables().count(), steps: propositions.steps(), ..Effort::default() };
    let mut diagnostics = proof.diagnostics;
    if proof.undecided {
        diagnostics.push(undecided(pipeline));
    }
    PipelineProof { diagnostics, is_decided: !proof.undecided, deployed_from, effort }
}

/// The branches and tags from which each production environment is deployed to. Where no globs of the pipeline express
/// them, an environment is missing.
fn deployed_from(proof: &Proof<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let propositions = proof.facts.propositions();
    let mut due: BTreeMap<&str, Vec<Proposition>> = BTreeMap::new();
    for (node, deploy) in proof.pipeline.deploys() {
        if let Some(environment) = proof.program.entered_by(deploy).filter(|it| it.tier == Tier::Production) {
            due.entry(&environment.name).or_default().push(proof.facts.due_node(node));
        }
    }
    let all = due.into_iter().filter_map(|(environment, due)| {
        let refs = proof.facts.refs(&propositions.any(&due)).ok()??;
        let refs: BTreeSet<String> = refs.branches.into_iter().chain(refs.tags).collect();
        (!refs.is_empty()).then(|| (environment.to_owned(), refs))
    });
    all.collect()
}

/// The theorems that a proof has shown. `refuted` holds the codes of findings elsewhere.
pub(crate) fn proved(
    program: &Program,
    pipeline: &Pipeline,
    proof: &PipelineProof,
    refuted: &BTreeSet<Code>,
) -> Vec<Theorem> {
    if !proof.is_decided {
        return Vec::new();
    }
    let found = proof.diagnostics.iter().map(|diagnostic| diagnostic.code);
    let refuted: Vec<Code> = refuted.iter().copied().chain(found).collect();
    table::proved(program, pipeline, &proof.deployed_from, &refuted)
}

/// Reports a theorem that can't be decided. It is not proven.
fn undecided(pipeline: &Pipeline) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        codes::P0407,
        format!("the conditions of pipeline `{}` are too complex to decide", pipeline.name),
        pipeline.origin.span,
    )
    .note("pipec refuses what it can't decide")
    .help("use kinds of change instead of many overlapping globs, or split the pipeline");
    pipeline.origin.explain(diagnostic)
}

/// An ongoing proof.
struct Proof<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    /// Whether exactly one pipeline deploys to production.
    is_alone: bool,
    facts: SourceFacts<'p>,
    diagnostics: Vec<Diagnostic>,
    undecided: bool,
}

impl<'p> Proof<'p> {
    /// A run in which the proposition holds. `None` if no such run exists, or if this can't be decided.
    fn run_in_which(&mut self, proposition: &Proposition) -> Option<Run> {
        match self.facts.run(proposition) {
            Ok(run) => run,
            Err(_) => {
                self.undecided = true;
                None
            }
        }
    }

    /// Whether the proposition can hold. True if that could not be decided.
    fn can_be(&mut self, proposition: &Proposition) -> bool {
        match self.facts.propositions().is_satisfiable(proposition) {
            Ok(answer) => answer,
            Err(_) => {
                self.undecided = true;
                true
            }
        }
    }

    /// A run that contains `first` and not `second`.
    fn run_with_but_without(&mut self, first: &Node, second: &Node) -> Option<Run> {
        let propositions = self.facts.propositions();
        let apart = propositions.and_not(&self.facts.due_node(first), &self.facts.due_node(second));
        self.run_in_which(&apart)
    }

    /// Reports a finding about a node, with the calls that led to the node.
    fn report(&mut self, node: &Node, diagnostic: Diagnostic) {
        self.diagnostics.push(node.origin.explain(diagnostic));
    }

    /// The stage of a node, for messages. Every node has one, which `Program::dangling` checks.
    fn stage_name(&self, node: &Node) -> &'p str {
        self.pipeline.stage_of(node).map_or("of no name", |stage| stage.name.as_str())
    }
}

/// A node as messages call it.
fn named(node: &Node) -> String {
    match &node.kind {
        NodeKind::Deploy(deploy) => {
            format!("the deploy of {} to `{}`", list(&deploy.artefacts), deploy.environment)
        }
        NodeKind::Gate(_) => format!("gate `{}`", node.name),
        NodeKind::Artefact(_) => format!("artefact `{}`", node.name),
        NodeKind::Job => format!("job `{}`", node.name),
    }
}

/// A list for a message: "`a`, `b` and `c`".
fn list<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The events that start a pipeline, for messages.
fn started_by(proof: &Proof<'_>) -> String {
    let events: Vec<&str> = proof.pipeline.events().into_iter().map(pipec_ir::Event::word).collect();
    if events.is_empty() { "nothing".to_owned() } else { events.join(", ") }
}
