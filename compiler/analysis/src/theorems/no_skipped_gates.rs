//! No skipped gates: S1 to S3 of the reference.
//!
//! For each deploy D to an environment E:
//! - S1: take every blocking gate that can be due on a trusted event. If it is of a kind that E requires, covers a part
//!   of D, and can be due together with D, it is before D. If it is before D, it is due whenever D is due.
//! - S2: for every required kind and part, no run has D due without one of the gates of that kind before D that cover
//!   it.
//! - S3: D can be due. Each gate can be due and not exempt, by a known change if its runs know the changes. In a
//!   pipeline with deploys, a blocking gate that can be due on a trusted event is before some deploy.

use super::{Proof, list, named, started_by};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Deploy, Environment, Event, Gate, Node, Tier};
use pipec_logic::Proposition;
use std::collections::BTreeSet;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, deploy) in pipeline.deploys() {
        let due = proof.facts.due_node(node);
        if !proof.can_be(&due) {
            never_due_deploy(proof, node);
            continue;
        }
        let skippable = gates_before(proof, node, deploy);
        if let Some(environment) = proof.program.entered_by(deploy) {
            let late = late_gates(proof, node, deploy, environment);
            let excused = skippable.union(&late).cloned().collect();
            requirements(proof, node, deploy, environment, &excused);
        }
    }
    vacuous_gates(proof);
    unawaited_gates(proof);
    unjudged_triggers(proof);
    unguarded_production(proof);
}

/// Warns of production environments to which something is deployed that nothing has judged, in any run.
fn unguarded_production(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (node, deploy) in pipeline.deploys() {
        let Some(environment) = proof.program.entered_by(deploy) else { continue };
        if environment.tier != Tier::Production || !environment.requires.is_empty() {
            continue;
        }
        let due = proof.facts.due_node(node);
        if !proof.can_be(&due) {
            continue;
        }
        let before = pipeline.gates().map(|(gate, _)| gate);
        let before = before.filter(|gate| gate.is_blocking_gate() && node.before.contains(&gate.id));
        let together: Vec<Proposition> =
            before.map(|gate| proof.facts.propositions().and(&due, &proof.facts.due_node(gate))).collect();
        if together.iter().any(|both| proof.can_be(both)) || !seen.insert(&environment.name) {
            continue;
        }
        let diagnostic = Diagnostic::warning(
            codes::P0416,
            format!("nothing judges what goes to `{}`", environment.name),
            environment.origin.span,
        )
        .label(node.name_origin.span, "no gate comes before this deploy")
        .help("put a gate before it, and say what the environment requires: `requires test`");
        proof.diagnostics.push(environment.origin.explain(diagnostic));
    }
}

/// Warns of runs before a merge in which no gate can be due: the check that the merge requires would judge nothing.
fn unjudged_triggers(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    let gates: Vec<&Node> =
        pipeline.gates().map(|(node, _)| node).filter(|it| it.is_blocking_gate()).collect();
    if gates.is_empty() {
        return;
    }
    for trigger in &pipeline.triggers {
        let event = trigger.event();
        if event.is_trusted() {
            continue;
        }
        let judged = gates.iter().any(|gate| {
            let due = proof.facts.due_node(gate);
            proof.can_be(&proof.facts.propositions().and(&due, &proof.facts.event(event)))
        });
        if judged {
            continue;
        }
        let origin = trigger.origin();
        let diagnostic = Diagnostic::warning(
            codes::P0415,
            format!("no gate judges a run on {}", event.word()),
            origin.span,
        )
        .saying("its check is green, whatever the change is")
        .note("a rule that requires the check of this pipeline lets such a change pass unjudged")
        .help("let the stages with gates run on this event, or remove the trigger");
        proof.diagnostics.push(origin.explain(diagnostic));
    }
}

/// Whether a gate covers a part. Evidence of the commit covers every part.
fn covers(gate: &Gate, part: &str) -> bool {
    !gate.evidence.of_artefact || gate.of.iter().any(|name| name == part)
}

fn requires(environment: &Environment, gate: &Gate) -> bool {
    environment.requires.iter().any(|(kind, _)| *kind == gate.evidence.name)
}

/// The runs of reviewed code in which a gate is due.
fn due_on_trusted(proof: &Proof<'_>, gate: &Node) -> Proposition {
    proof.facts.propositions().and(&proof.facts.due_node(gate), &proof.facts.trusted())
}

/// Proves the second half of S1. Returns the kinds whose gates can be skipped.
fn gates_before(proof: &mut Proof<'_>, node: &Node, deploy: &Deploy) -> BTreeSet<String> {
    let pipeline = proof.pipeline;
    let mut skippable = BTreeSet::new();
    for (gate_node, gate) in pipeline.gates() {
        if !gate_node.is_blocking_gate() || !node.before.contains(&gate_node.id) {
            continue;
        }
        // A gate that runs only for pull requests or the merge queue checks code that is not deployed yet.
        let on_trusted = due_on_trusted(proof, gate_node);
        if !proof.can_be(&on_trusted) {
            continue;
        }
        let Some(run) = proof.run_with_but_without(node, gate_node) else { continue };
        skippable.insert(gate.evidence.name.clone());
        let (stage, gate_stage) = (proof.stage_name(node), proof.stage_name(gate_node));
        let gate_when = pipeline.stage_of(gate_node).and_then(|stage| stage.condition_origin.clone());
        let mut diagnostic = Diagnostic::error(
            codes::P0401,
            format!("gate `{}` can be skipped on the way to `{}`", gate_node.name, deploy.environment),
            gate_node.name_origin.span,
        )
        .saying(format!("not always in the run when `{}` is deployed to", deploy.environment))
        .label(deploy.environment_origin.span, "this deploy runs without it")
        .counterexample(format!("{run}: `{stage}` runs, `{gate_stage}` does not"));
        if let Some(when) = gate_when {
            diagnostic = diagnostic.label(when.span, "this decides when the gate runs");
        }
        let is_left_out = run.event == Event::Schedule
            && pipeline.stage_of(gate_node).is_some_and(|stage| !stage.runs_on_schedule);
        let is_never_together = {
            let due = proof.facts.due_node(node);
            let together = proof.facts.propositions().and(&on_trusted, &due);
            !proof.can_be(&together)
        };
        let diagnostic = diagnostic.help(if is_left_out {
            format!(
                "`{gate_stage}` has a deploy, so it runs on a schedule only if its condition names \
                 `schedule`: add `event is schedule` there, or remove it from `{stage}`"
            )
        } else if is_never_together {
            format!(
                "no run has both stages: let `after` of stage `{stage}` name the stages that it needs, without \
                 `{gate_stage}`"
            )
        } else {
            format!(
                "give stage `{stage}` a condition that implies the condition of `{gate_stage}`, or let the \
                 gate always run and add `exempt unless changed … because \"…\"`"
            )
        });
        proof.report(gate_node, diagnostic);
    }
    skippable
}

/// Proves the first half of S1. Returns the kinds whose gates come too late.
fn late_gates(
    proof: &mut Proof<'_>,
    node: &Node,
    deploy: &Deploy,
    environment: &Environment,
) -> BTreeSet<String> {
    let pipeline = proof.pipeline;
    let mut late = BTreeSet::new();
    for (gate_node, gate) in pipeline.gates() {
        let concerns = gate_node.is_blocking_gate()
            && requires(environment, gate)
            && deploy.artefacts.iter().any(|part| covers(gate, part))
            && !node.before.contains(&gate_node.id);
        if !concerns {
            continue;
        }
        // Two stages that exclude each other may have gates of one kind. S2 decides whether each deploy has its evidence.
        let trusted = due_on_trusted(proof, gate_node);
        let together = proof.facts.propositions().and(&trusted, &proof.facts.due_node(node));
        let Some(run) = proof.run_in_which(&together) else { continue };
        late.insert(gate.evidence.name.clone());
        let diagnostic = Diagnostic::error(
            codes::P0403,
            format!(
                "gate `{}` comes too late for `{}`, which requires {}",
                gate_node.name, deploy.environment, gate.evidence.name
            ),
            gate_node.name_origin.span,
        )
        .saying("not before the deploy")
        .label(deploy.environment_origin.span, "this deploy does not wait for it")
        .counterexample(format!(
            "{run}: {} starts regardless of the result of `{}`",
            named(node),
            gate_node.name
        ))
        .help("move the gate above the deploy, or its stage before the stage of the deploy");
        proof.report(gate_node, diagnostic);
    }
    late
}

/// Proves S2.
fn requirements(
    proof: &mut Proof<'_>,
    node: &Node,
    deploy: &Deploy,
    environment: &Environment,
    excused: &BTreeSet<String>,
) {
    let pipeline = proof.pipeline;
    for (kind, required) in &environment.requires {
        if excused.contains(kind) {
            continue;
        }
        let mut uncovered: Vec<&str> = Vec::new();
        let mut run = None;
        for part in &deploy.artefacts {
            let without_gates = {
                let propositions = proof.facts.propositions();
                let due: Vec<_> = pipeline
                    .gates()
                    .filter(|(gate_node, gate)| {
                        gate_node.is_blocking_gate()
                            && gate.evidence.name == *kind
                            && covers(gate, part)
                            && node.before.contains(&gate_node.id)
                    })
                    .map(|(gate_node, _)| proof.facts.due_node(gate_node))
                    .collect();
                propositions.and_not(&proof.facts.due_node(node), &propositions.any(&due))
            };
            if let Some(found) = proof.run_in_which(&without_gates) {
                uncovered.push(part);
                run.get_or_insert((found, part));
            }
        }
        let Some((run, shown)) = run else { continue };
        let diagnostic = Diagnostic::error(
            codes::P0402,
            format!(
                "`{}` requires {kind}, but no gate gives it for {}",
                deploy.environment,
                list(&uncovered)
            ),
            deploy.environment_origin.span,
        )
        .saying(format!("deployed without {kind}"))
        .label(required.span, format!("`{}` requires it here", deploy.environment))
        .counterexample(format!("{run}: `{shown}` is deployed, but no gate has given {kind}"));
        let diagnostic = match helpful_gate(proof, kind, &uncovered) {
            Some(help) => diagnostic.help(help),
            None => {
                let of = if is_of_artefact(proof, kind) {
                    format!(" of {}", uncovered.join(", "))
                } else {
                    String::new()
                };
                diagnostic
                    .help(format!("add a gate before the deploy: `gate NAME: {kind}{of} {{ run \"…\" }}`"))
            }
        };
        proof.report(node, diagnostic);
    }
}

/// What an existing gate of the kind lacks, for the help.
fn helpful_gate(proof: &Proof<'_>, kind: &str, uncovered: &[&str]) -> Option<String> {
    let mut of_kind = proof.pipeline.gates().filter(|(_, gate)| gate.evidence.name == kind);
    let (node, gate) = of_kind.next()?;
    if gate.advisory.is_some() {
        return Some(format!(
            "gate `{}` is advisory: it reports, but satisfies no requirement; remove `advisory` to make it count",
            node.name
        ));
    }
    if gate.evidence.of_artefact && !uncovered.iter().any(|part| gate.of.iter().any(|name| name == part)) {
        return Some(format!(
            "gate `{}` judges {}: let it also judge {}, or add another gate",
            node.name,
            list(&gate.of),
            list(uncovered)
        ));
    }
    None
}

fn is_of_artefact(proof: &Proof<'_>, kind: &str) -> bool {
    let declared = proof.pipeline.gates().find(|(_, gate)| gate.evidence.name == kind);
    match declared {
        Some((_, gate)) => gate.evidence.of_artefact,
        None => pipec_ir::Evidence::standard(kind).is_some_and(|evidence| evidence.of_artefact),
    }
}

fn never_due_deploy(proof: &mut Proof<'_>, node: &Node) {
    let when = proof.pipeline.stage_of(node).and_then(|stage| stage.condition_origin.clone());
    let mut diagnostic =
        Diagnostic::error(codes::P0406, format!("{} never runs", named(node)), node.name_origin.span)
            .saying("in no run")
            .note(format!("this pipeline is started by {}", started_by(proof)));
    if let Some(when) = when {
        diagnostic = diagnostic.label(when.span, "this never holds in a run that starts the pipeline");
    }
    let diagnostic = diagnostic.help(
        "make the condition match the triggers, or add a trigger: `on …`; a \
                                      scheduled run deploys only if the condition names `event is \
                                      schedule`",
    );
    proof.report(node, diagnostic);
}

/// Proves the second part of S3: each gate can really run.
fn vacuous_gates(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, gate) in pipeline.gates() {
        let (due, really) = {
            let propositions = proof.facts.propositions();
            let due = proof.facts.due_node(node);
            let really = propositions.and_not(&due, &proof.facts.exempt(node));
            (due, really)
        };
        // An unknown change does not make a gate run: if the changes can be known, one of them must make it run.
        let (known, really_known) = {
            let propositions = proof.facts.propositions();
            let unknown = proof.facts.unknown();
            (propositions.and_not(&due, &unknown), propositions.and_not(&really, &unknown))
        };
        let really = if proof.can_be(&known) { really_known } else { really };
        if proof.can_be(&really) {
            continue;
        }
        let diagnostic = if proof.can_be(&due) {
            let rule = gate.exemptions.first().map(|rule| rule.origin.span).unwrap_or_default();
            Diagnostic::error(
                codes::P0404,
                format!("gate `{}` is always exempt", node.name),
                node.name_origin.span,
            )
            .saying("never judges")
            .label(rule, "this holds whenever the gate is in the run")
            .help("a gate that never judges gives no evidence: narrow the exemption")
        } else {
            let diagnostic = Diagnostic::error(
                codes::P0404,
                format!("gate `{}` never runs", node.name),
                node.name_origin.span,
            )
            .saying("in no run")
            .note(format!("this pipeline is started by {}", started_by(proof)))
            .help("make the condition of its stage match the triggers, or add a trigger: `on …`");
            match pipeline.stage_of(node).and_then(|stage| stage.condition_origin.clone()) {
                Some(when) => {
                    diagnostic.label(when.span, "this never holds in a run that starts the pipeline")
                }
                None => diagnostic,
            }
        };
        proof.report(node, diagnostic);
    }
}

/// Proves the third part of S3: the failure of each gate stops some deploy.
fn unawaited_gates(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    if pipeline.deploys().next().is_none() {
        return;
    }
    for (node, _) in pipeline.gates() {
        if !node.is_blocking_gate() || pipeline.deploys().any(|(deploy, _)| deploy.before.contains(&node.id))
        {
            continue;
        }
        let late = proof
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.code == codes::P0403 && diagnostic.span() == node.name_origin.span);
        if late {
            continue;
        }
        let trusted = due_on_trusted(proof, node);
        let with_deploys = {
            let propositions = proof.facts.propositions();
            let deployed: Vec<_> =
                pipeline.deploys().map(|(deploy, _)| proof.facts.due_node(deploy)).collect();
            propositions.and(&trusted, &propositions.any(&deployed))
        };
        let (counterexample, help) = if let Some(run) = proof.run_in_which(&with_deploys) {
            (
                format!("{run}: `{}` fails, but everything is deployed", node.name),
                "move it above a deploy; a check after a deploy belongs into its `verify`; work that only \
                 reports is a `job`, or needs `advisory because \"…\"`",
            )
        } else if let Some(run) = proof.run_in_which(&trusted) {
            (
                format!("{run}: `{}` judges, but nothing is deployed in this run", node.name),
                "let the gate run in every run of a deploy, above it; or move a gate that judges no deploy \
                 to its own pipeline; work that only reports is a `job`, or needs `advisory because \"…\"`",
            )
        } else {
            continue;
        };
        let diagnostic = Diagnostic::error(
            codes::P0405,
            format!("no deploy waits for gate `{}`", node.name),
            node.name_origin.span,
        )
        .saying("its failure stops nothing")
        .counterexample(counterexample)
        .help(help);
        proof.report(node, diagnostic);
    }
}
