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
use pipec_base::{Code, Diagnostic, codes, parallel};
use pipec_claims::Theorem;
use pipec_ir::facts::{Run, SourceFacts};
use pipec_ir::{Node, NodeKind, Pipeline, Program};
use pipec_logic::Proposition;
use std::collections::BTreeSet;

/// The result of proving a program.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    /// The theorems proved for each pipeline, in the order of the program. Empty for an incomplete pipeline.
    pub(crate) proved: Vec<Vec<Theorem>>,
    /// The cost of the proofs.
    pub(crate) effort: Effort,
}

/// Proves every complete pipeline and, if all are complete, the theorems across pipelines. Each incomplete pipeline
/// already has an error.
pub(crate) fn prove(
    program: &Program,
    incomplete: &BTreeSet<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Proofs {
    let all_are_whole = incomplete.is_empty();
    if all_are_whole {
        for across in table::TABLE.iter().filter_map(|entry| entry.across) {
            across(program, diagnostics);
        }
    }
    // Findings of the types, of the order and across pipelines may be about any theorem.
    let refuted: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let mut all = Proofs::default();
    let pipelines: Vec<(usize, &Pipeline)> = program.pipelines.iter().enumerate().collect();
    let proofs = parallel::map(&pipelines, |(place, pipeline)| {
        if incomplete.contains(place) {
            PipelineProof::default()
        } else {
            prove_pipeline(program, pipeline, &refuted)
        }
    });
    for PipelineProof { diagnostics: found, proved, effort } in proofs {
        diagnostics.extend(found);
        all.proved.push(if all_are_whole { proved } else { Vec::new() });
        all.effort.facts = all.effort.facts.saturating_add(effort.facts);
        all.effort.steps = all.effort.steps.saturating_add(effort.steps);
    }
    all
}

/// The result of proving one pipeline.
#[derive(Default)]
struct PipelineProof {
    diagnostics: Vec<Diagnostic>,
    proved: Vec<Theorem>,
    effort: Effort,
}

fn prove_pipeline(program: &Program, pipeline: &Pipeline, refuted: &[Code]) -> PipelineProof {
    let facts = match SourceFacts::of(pipeline) {
        Ok(facts) => facts,
        Err(_) => {
            return PipelineProof { diagnostics: vec![undecided(pipeline)], ..PipelineProof::default() };
        }
    };
    let mut proof = Proof { program, pipeline, facts, diagnostics: Vec::new(), undecided: false };
    for within in table::TABLE.iter().filter_map(|entry| entry.within) {
        within(&mut proof);
    }
    let propositions = proof.facts.propositions();
    let effort =
        Effort { facts: propositions.variables().count(), steps: propositions.steps(), ..Effort::default() };
    let mut diagnostics = proof.diagnostics;
    if proof.undecided {
        diagnostics.push(undecided(pipeline));
        return PipelineProof { diagnostics, proved: Vec::new(), effort };
    }
    let found = diagnostics.iter().map(|diagnostic| diagnostic.code);
    let refuted: Vec<Code> = refuted.iter().copied().chain(found).collect();
    let proved = table::proved(program, pipeline, &refuted);
    PipelineProof { diagnostics, proved, effort }
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
    facts: SourceFacts<'p>,
    diagnostics: Vec<Diagnostic>,
    undecided: bool,
}

impl<'p> Proof<'p> {
    /// A run in which the proposition holds. `None` if there is none or if it could not be decided.
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

    /// The stage of a node, for messages.
    fn stage_name(&self, node: &Node) -> &'p str {
        self.pipeline.stage_of(node).map_or("", |stage| stage.name.as_str())
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
