//! Overrides: each can be used on the head of a protected branch.
//!
//! An override run has the facts of a push to its branch with unknown changes, so every proof about pushes holds for
//! it. Only the outcome of the gate that it names counts differently. What remains to be proven is that such a run with
//! this gate exists.

use super::Proof;
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Event, Gate, Node, Override};
use pipec_logic::Proposition;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, gate) in pipeline.gates() {
        let Some(overriding) = &gate.overriding else { continue };
        if gate.advisory.is_some() {
            report_advisory(proof, node, gate, overriding);
            continue;
        }
        let due = proof.facts.due_node(node);
        let overridden = overridden(proof, &due);
        // Another theorem reports a gate that never runs.
        if proof.can_be(&due) && !proof.can_be(&overridden) {
            report_idle(proof, node, overriding);
        }
    }
}

/// The pushes to a protected branch with unknown changes that contain the gate.
fn overridden(proof: &Proof<'_>, due: &Proposition) -> Proposition {
    let facts = &proof.facts;
    facts.propositions().all(&[due.clone(), facts.event(Event::Push), facts.protected(), facts.unknown()])
}

fn report_advisory(proof: &mut Proof<'_>, node: &Node, gate: &Gate, overriding: &Override) {
    let mut diagnostic = Diagnostic::error(
        codes::P0412,
        format!("gate `{}` only reports, so there is nothing to override", node.name),
        node.name_origin.span,
    )
    .saying("stops nothing")
    .label(overriding.origin.span, "this has no effect");
    if let Some((_, origin)) = &gate.advisory {
        diagnostic = diagnostic.label(origin.span, "it is advisory here");
    }
    let diagnostic =
        diagnostic.help("remove one of them: a gate is blocking and may be overridden, or it is advisory");
    proof.report(node, diagnostic);
}

fn report_idle(proof: &mut Proof<'_>, node: &Node, overriding: &Override) {
    let diagnostic = Diagnostic::error(
        codes::P0412,
        format!("gate `{}` is in no run that could be an override", node.name),
        node.name_origin.span,
    )
    .saying("nobody can override it")
    .label(overriding.origin.span, "this has no effect")
    .note(
        "an override is for the head of a protected branch: its run has the facts of a push to it, with \
           unknown changes",
    )
    .help(
        "remove the override, or let a push to a protected branch start the gate: `on push to …`, `protect \
         branch \"…\"`",
    );
    let diagnostic = match proof.pipeline.stage_of(node).and_then(|stage| stage.condition_origin.clone()) {
        Some(when) => diagnostic.label(when.span, "this holds in no such run"),
        None => diagnostic,
    };
    proof.report(node, diagnostic);
}
