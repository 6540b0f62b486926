//! The theorems, exactly as the reference gives them: one file for each, every failure with the run that shows it.

mod budget;
mod build_once;
mod every_change_travels;
mod facts_there;
mod kept_caches;
mod missed_changes;
mod no_skipped_gates;
mod one_path;
mod overrides;

use crate::Effort;
use pipec_base::{Diagnostic, codes, parallel};
use pipec_ir::facts::{Run, SourceFacts};
use pipec_ir::{Node, NodeKind, Pipeline, Program};
use pipec_logic::Proposition;
use std::collections::BTreeSet;

/// Proves every pipeline that is whole, and, if all are, what spans them. An error has been given for each that is not.
/// Answers what that has cost.
pub(crate) fn prove(
    program: &Program,
    incomplete: &BTreeSet<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Effort {
    if incomplete.is_empty() {
        one_path::across_pipelines(program, diagnostics);
        one_path::borrowed_identities(program, diagnostics);
    }
    let pipelines = program.pipelines.iter().enumerate();
    let whole: Vec<&Pipeline> =
        pipelines.filter(|(place, _)| !incomplete.contains(place)).map(|(_, pipeline)| pipeline).collect();
    let mut all = Effort::default();
    for (found, effort) in parallel::map(&whole, |pipeline| prove_pipeline(program, pipeline)) {
        diagnostics.extend(found);
        all.facts = all.facts.saturating_add(effort.facts);
        all.steps = all.steps.saturating_add(effort.steps);
    }
    all
}

fn prove_pipeline(program: &Program, pipeline: &Pipeline) -> (Vec<Diagnostic>, Effort) {
    let facts = match SourceFacts::of(pipeline) {
        Ok(facts) => facts,
        Err(_) => return (vec![undecided(pipeline)], Effort::default()),
    };
    let mut proof = Proof { program, pipeline, facts, diagnostics: Vec::new(), undecided: false };
    facts_there::prove(&mut proof);
    no_skipped_gates::prove(&mut proof);
    missed_changes::prove(&mut proof);
    overrides::prove(&mut proof);
    kept_caches::prove(&mut proof);
    one_path::prove(&mut proof);
    build_once::prove(&mut proof);
    every_change_travels::prove(&mut proof);
    budget::prove(&mut proof);
    let propositions = proof.facts.propositions();
    let effort =
        Effort { facts: propositions.variables().count(), steps: propositions.steps(), ..Effort::default() };
    let mut diagnostics = proof.diagnostics;
    if proof.undecided {
        diagnostics.push(undecided(pipeline));
    }
    (diagnostics, effort)
}

/// A theorem that can't be decided is not proven.
fn undecided(pipeline: &Pipeline) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        codes::P0407,
        format!("the conditions of pipeline `{}` are too many to decide", pipeline.name),
        pipeline.origin.span,
    )
    .note("what can't be decided is not proven, so it is refused")
    .help("name paths by kinds of change instead of many overlapping globs, or split the pipeline");
    pipeline.origin.explain(diagnostic)
}

/// A proof under way.
struct Proof<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    facts: SourceFacts<'p>,
    diagnostics: Vec<Diagnostic>,
    undecided: bool,
}

impl<'p> Proof<'p> {
    /// A run in which the proposition holds; `None` if there is none, or if that could not be decided.
    fn run_in_which(&mut self, proposition: &Proposition) -> Option<Run> {
        match self.facts.run(proposition) {
            Ok(run) => run,
            Err(_) => {
                self.undecided = true;
                None
            }
        }
    }

    /// Whether the proposition can hold; yes, if that could not be decided.
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

    /// Reports a finding about a node, with the calls that brought it.
    fn report(&mut self, node: &Node, diagnostic: Diagnostic) {
        self.diagnostics.push(node.origin.explain(diagnostic));
    }

    /// The stage of a node, for messages.
    fn stage_name(&self, node: &Node) -> &'p str {
        self.pipeline.stage_of(node).map_or("", |stage| stage.name.as_str())
    }
}

/// A node as people speak of it.
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

/// "`a`, `b` and `c`".
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
