//! Build once: each artefact has one producer, and this producer reads no environment.
//!
//! Deployed artefacts are built before the first deploy. If a node is in a run, the artefacts that it uses are in the
//! run and before it.

use super::{Proof, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::Node;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for node in &pipeline.nodes {
        uses(proof, node);
        reads(proof, node);
    }
    built_late(proof);
}

/// Proves that an artefact is in every run that uses it.
fn uses(proof: &mut Proof<'_>, node: &Node) {
    let pipeline = proof.pipeline;
    for (name, origin) in &node.body.uses {
        let Some((producer, _)) = pipeline.producer(name) else { continue };
        let Some(run) = proof.run_with_but_without(node, producer) else { continue };
        let (stage, built_in) = (proof.stage_name(node), proof.stage_name(producer));
        let diagnostic = Diagnostic::error(
            codes::P0301,
            format!("artefact `{name}` is not always there for {}", named(node)),
            origin.span,
        )
        .label(producer.name_origin.span, "built here")
        .counterexample(format!("{run}: `{stage}` runs, and `{built_in}`, which builds `{name}`, does not"))
        .help(format!("give stage `{stage}` a condition that implies the condition of `{built_in}`"));
        proof.report(node, diagnostic);
    }
}

/// Proves that a node that reads an environment follows every deploy to it. A build reads no environment.
fn reads(proof: &mut Proof<'_>, node: &Node) {
    let pipeline = proof.pipeline;
    for (name, origin) in &node.body.reads {
        if node.is_artefact() {
            let mut diagnostic = Diagnostic::error(
                codes::P0303,
                format!("the build of `{}` reads environment `{name}`", node.name),
                origin.span,
            )
            .saying(format!("makes `{}` usable only for `{name}`", node.name))
            .help("build once, and pass the differences to the deploy: it has the environment's values as variables");
            let due = proof.facts.due_node(node);
            if let Some(run) = proof.run_in_which(&due) {
                diagnostic = diagnostic.counterexample(format!(
                    "{run}: `{}` is built for `{name}`; another environment would need another build, which nobody tested",
                    node.name
                ));
            }
            proof.report(node, diagnostic);
            continue;
        }
        let deploys: Vec<&Node> = pipeline
            .deploys()
            .filter(|(_, deploy)| deploy.environment == *name)
            .map(|(deploy, _)| deploy)
            .collect();
        if deploys.is_empty() {
            let diagnostic = Diagnostic::error(
                codes::P0302,
                format!("{} reads `{name}`, which this pipeline never deploys to", named(node)),
                origin.span,
            )
            .help(format!("deploy to `{name}` above it, or write the value directly"));
            proof.report(node, diagnostic);
        }
        for deploy in deploys {
            let late = !node.before.contains(&deploy.id);
            let run = if late {
                let due = proof.facts.due_node(node);
                proof.run_in_which(&due)
            } else {
                proof.run_with_but_without(node, deploy)
            };
            let Some(run) = run else { continue };
            let sees = if node.gate().is_some() { "judge" } else { "see" };
            let what = if late { "does not wait for it" } else { "runs without it" };
            let diagnostic = Diagnostic::error(
                codes::P0302,
                format!("{} may {sees} another `{name}` than the one of this run", named(node)),
                origin.span,
            )
            .saying(format!("reads `{name}`"))
            .label(deploy.name_origin.span, format!("deployed to here, and {} {what}", named(node)))
            .counterexample(format!(
                "{run}: {} runs against what was deployed to `{name}` before",
                named(node)
            ))
            .help(format!(
                "write it below the deploy to `{name}`, in a stage that runs only when that deploy runs"
            ));
            proof.report(node, diagnostic);
        }
    }
}

/// Proves that artefacts of an environment are built before deploys to its predecessor.
fn built_late(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, deploy) in pipeline.deploys() {
        let Some(environment) = proof.program.entered_by(deploy) else { continue };
        for (before, _) in &environment.after {
            for (part, _) in &node.body.uses {
                let Some((producer, _)) = pipeline.producer(part) else { continue };
                let mut promoted = pipeline
                    .deploys()
                    .filter(|(other, it)| it.environment == *before && producer.before.contains(&other.id));
                let late = promoted.find_map(|(other, _)| {
                    let due = [node, producer, other].map(|node| proof.facts.due_node(node));
                    let all = proof.facts.propositions().all(&due);
                    proof.run_in_which(&all).map(|run| (run, other))
                });
                let Some((run, promoted)) = late else { continue };
                let name = &environment.name;
                let diagnostic = Diagnostic::error(
                    codes::P0304,
                    format!("`{part}` is built after `{before}` was deployed to, and goes to `{name}`"),
                    producer.name_origin.span,
                )
                .label(promoted.name_origin.span, format!("`{before}` is deployed to here"))
                .label(node.name_origin.span, format!("`{part}` goes to `{name}` here"))
                .counterexample(format!(
                    "{run}: `{before}` is deployed to, then `{part}` is built, and goes to `{name}`"
                ))
                .help(format!("build `{part}` before the first deploy, and deploy it to `{before}` too"));
                proof.report(producer, diagnostic);
            }
        }
    }
}
