//! Caches: some run saves each cache. Otherwise no run would ever find anything in it.
//!
//! Runs of reviewed code save the cache of a node, except tag runs: pushes, schedules and manual runs.

use super::{Proof, named, started_by};
use pipec_base::{Diagnostic, codes};
use pipec_ir::Event;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for node in &pipeline.nodes {
        let Some(cache) = node.body.caches.first() else { continue };
        // Another check reports forbidden caches.
        let body = &node.body;
        let has_authority =
            !body.rights.is_empty() || !body.secrets.is_empty() || !body.identities.is_empty();
        if has_authority || node.is_deploy() {
            continue;
        }
        let (due, kept) = {
            let due = proof.facts.due_node(node);
            let keeping = proof.facts.any_event([Event::Push, Event::Schedule, Event::Manual]);
            let kept = proof.facts.propositions().and(&due, &keeping);
            (due, kept)
        };
        // Another theorem reports a gate that is in no run.
        if proof.can_be(&kept) || !proof.can_be(&due) {
            continue;
        }
        let mut diagnostic = Diagnostic::warning(
            codes::P0607,
            format!("no run saves the cache of `{}`", cache.path),
            cache.origin.span,
        )
        .saying("always empty")
        .note(format!(
            "only pushes, schedules and manual runs save it, and {} is in none of them",
            named(node)
        ))
        .note(format!("this pipeline is started by {}", started_by(proof)))
        .help("remove it, or add a run that saves it: `on push to main`");
        if let Some(when) = pipeline.stage_of(node).and_then(|stage| stage.condition_origin.as_ref()) {
            diagnostic = diagnostic.label(when.span, "this holds in no run that saves caches");
        }
        if cache.origin.calls.is_empty() {
            diagnostic = diagnostic.fix("drop it", cache.origin.span, "");
        }
        proof.diagnostics.push(cache.origin.explain(diagnostic));
    }
}
