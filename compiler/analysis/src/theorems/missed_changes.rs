//! No skipped gates over several runs: S4 of the reference.
//!
//! A gate that is exempt unless K changed relies on an earlier verdict: K is unchanged since the green push that is the
//! baseline of `changed`. This holds by induction over the runs if every push that may become a baseline either has the
//! gate due or leaves K unchanged. Whether a push is green is unknown, so any push may be. Only pushes of the same
//! branch are baselines. Where the changes are unknown (tags, schedules, manual runs), no gate is exempt by such a
//! condition.

use super::Proof;
use pipec_base::{Diagnostic, codes};
use pipec_ir::facts::Run;
use pipec_ir::{Change, Deploy, Event, Exemption, ExemptionRule, Node};
use pipec_logic::Proposition;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, gate) in pipeline.gates() {
        if !node.is_blocking_gate() || has_other_finding(proof, node) {
            continue;
        }
        for (rule, exempt) in gate.exemptions.iter().zip(proof.facts.exemptions(node)) {
            let Exemption::UnlessChanged(changes) = &rule.when else { continue };
            let changed = proof.facts.propositions().not(&exempt);
            let missed = changes_without_gate(proof, node, &changed);
            if !proof.can_be(&missed) {
                continue;
            }
            let mut after = pipeline.deploys().filter(|(deploy, _)| deploy.before.contains(&node.id));
            let found = after.find_map(|(deploy_node, deploy)| {
                let taken_along = deploys_with_change(proof, node, deploy_node, &changed);
                two_runs(proof, &missed, &taken_along).map(|runs| (deploy, runs))
            });
            if let Some((deploy, runs)) = found {
                report(proof, node, (rule, changes), deploy, &runs);
            }
        }
    }
}

/// Whether another finding is about this gate. Such a gate can be skipped in a single run, or never gives a verdict.
fn has_other_finding(proof: &Proof<'_>, node: &Node) -> bool {
    proof.diagnostics.iter().any(|diagnostic| {
        matches!(diagnostic.code, codes::P0401 | codes::P0404) && diagnostic.span() == node.name_origin.span
    })
}

/// The pushes that change what the gate asks for, without the gate.
fn changes_without_gate(proof: &Proof<'_>, gate: &Node, changed: &Proposition) -> Proposition {
    let facts = &proof.facts;
    let brings = facts.propositions().all([facts.valid(), &facts.event(Event::Push), changed]);
    facts.propositions().and_not(&brings, &facts.due_node(gate))
}

/// The pushes that deploy what the gate is exempt for.
fn deploys_with_change(proof: &Proof<'_>, gate: &Node, deploy: &Node, changed: &Proposition) -> Proposition {
    let facts = &proof.facts;
    let deploys =
        facts.propositions().all(&[facts.due_node(deploy), facts.due_node(gate), facts.event(Event::Push)]);
    facts.propositions().and_not(&deploys, changed)
}

/// Two pushes of one branch, one of each kind.
fn two_runs(proof: &mut Proof<'_>, first: &Proposition, second: &Proposition) -> Option<(Run, Run)> {
    let mut firsts = Vec::new();
    for region in proof.facts.branch_regions() {
        let (first, second) = {
            let propositions = proof.facts.propositions();
            (propositions.and(first, &region), propositions.and(second, &region))
        };
        if proof.can_be(&first) && proof.can_be(&second) {
            firsts.push((first, region));
        }
    }
    let shared = {
        let propositions = proof.facts.propositions();
        propositions.and(second, &propositions.any(firsts.iter().map(|(_, region)| region)))
    };
    // The second run gets the simplest branch, and the first run must have the same one.
    let second = proof.run_in_which(&shared)?;
    let mut runs = firsts.iter().filter_map(|(first, _)| proof.run_in_which(first));
    let first = runs.find(|run| run.branch == second.branch)?;
    Some((first, second))
}

fn report(
    proof: &mut Proof<'_>,
    gate: &Node,
    (rule, changes): (&ExemptionRule, &[Change]),
    deploy: &Deploy,
    (first, second): &(Run, Run),
) {
    let stage = proof.stage_name(gate);
    let environment = &deploy.environment;
    let mut diagnostic = Diagnostic::error(
        codes::P0413,
        format!("gate `{}` can miss a change that reaches `{environment}`", gate.name),
        rule.origin.span,
    )
    .saying("exempt, although it never judged that change");
    if let Some(when) = proof.pipeline.stage_of(gate).and_then(|stage| stage.condition_origin.as_ref()) {
        diagnostic = diagnostic.label(when.span, "this removes the gate from the run with the change");
    }
    let asked: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let diagnostic = diagnostic
        .label(deploy.environment_origin.span, "this deploy delivers the change")
        .counterexample(format!(
            "{first}: `{stage}` does not run, and after this run is green, `changed` compares with it; \
             then {second}: `{}` is exempt, and the first change reaches `{environment}` unjudged",
            gate.name
        ))
        .help(format!(
            "let `{stage}` run whenever the gate has something to judge: `when … or changed {}`; or move \
             the gate to a stage without a condition",
            asked.join(", ")
        ));
    proof.report(gate, diagnostic);
}
