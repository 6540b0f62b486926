//! Promotion: artefacts enter the environments in order, and each environment gets the same artefacts.

use super::{Proof, list, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Deploy, Environment, Node};

/// Proves that deploys follow those of the same artefacts to earlier environments.
pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for (node, deploy) in pipeline.deploys() {
        let Some(environment) = proof.program.entered_by(deploy) else { continue };
        undeclared_artefacts(proof, node, deploy);
        promotion(proof, node, deploy, environment);
    }
}

/// Refuses artefacts that a deploy uses without naming them. They would reach the environment without its gates and
/// without the environments before it.
fn undeclared_artefacts(proof: &mut Proof<'_>, node: &Node, deploy: &Deploy) {
    for (name, origin) in &node.body.uses {
        if deploy.artefacts.contains(name) {
            continue;
        }
        let due = proof.facts.due_node(node);
        let Some(run) = proof.run_in_which(&due) else { return };
        let all: Vec<&str> = deploy.artefacts.iter().map(String::as_str).chain([name.as_str()]).collect();
        let diagnostic = Diagnostic::error(
            codes::P0305,
            format!("`{name}` reaches `{}` in a deploy that does not deliver it", deploy.environment),
            origin.span,
        )
        .saying("used here")
        .label(node.name_origin.span, format!("delivers {}", list(&deploy.artefacts)))
        .counterexample(format!(
            "{run}: {} uses `{name}`, which no gate for `{}` had to judge",
            named(node),
            deploy.environment
        ))
        .help(format!(
            "deploy it with the others: `deploy {} to {}`",
            all.join(", "),
            deploy.environment
        ));
        proof.report(node, diagnostic);
    }
}

/// Proves promotion for one deploy. For every E′ in after(E), a deploy of the same parts to E′ is before this one, and
/// due whenever this one is.
fn promotion(proof: &mut Proof<'_>, node: &Node, deploy: &Deploy, environment: &Environment) {
    let pipeline = proof.pipeline;
    let mut parts = deploy.artefacts.clone();
    parts.sort();
    for (before, origin) in &environment.after {
        let earlier: Vec<(&Node, &Deploy)> = pipeline
            .deploys()
            .filter(|(other, it)| it.environment == *before && node.before.contains(&other.id))
            .collect();
        let same: Vec<&Node> = earlier
            .iter()
            .filter(|(_, it)| {
                let mut other = it.artefacts.clone();
                other.sort();
                other == parts
            })
            .map(|(other, _)| *other)
            .collect();
        if let ([], Some((other, it))) = (same.as_slice(), earlier.first()) {
            let due = proof.facts.due_node(node);
            // P0406 reports a deploy that never runs.
            let Some(run) = proof.run_in_which(&due) else { continue };
            let diagnostic = Diagnostic::error(
                codes::P0305,
                format!("`{}` receives other artefacts than `{before}`", environment.name),
                node.name_origin.span,
            )
            .saying(format!("receives {}", list(&deploy.artefacts)))
            .label(other.name_origin.span, format!("received {}", list(&it.artefacts)))
            .counterexample(format!(
                "{run}: {} {} to `{}` as a set that `{before}` never receives",
                list(&deploy.artefacts),
                if deploy.artefacts.len() == 1 { "goes" } else { "go" },
                environment.name
            ))
            .help("deploy the same set to both environments");
            proof.report(node, diagnostic);
            continue;
        }
        let without = {
            let propositions = proof.facts.propositions();
            let due: Vec<_> = same.iter().map(|other| proof.facts.due_node(other)).collect();
            propositions.and_not(&proof.facts.due_node(node), &propositions.any(&due))
        };
        let Some(run) = proof.run_in_which(&without) else { continue };
        let what = if same.is_empty() {
            format!("nothing is deployed to `{before}` first")
        } else {
            format!("the deploy to `{before}` is not in the run")
        };
        let diagnostic = Diagnostic::error(
            codes::P0205,
            format!("a deploy to `{}` can skip `{before}`", environment.name),
            node.name_origin.span,
        )
        .saying(format!("not always after a deploy to `{before}`"))
        .label(origin.span, format!("`{}` comes after `{before}`", environment.name))
        .counterexample(format!("{run}: {} starts, but {what}", named(node)))
        .help(format!(
            "deploy {} to `{before}` in this pipeline first, whenever it is deployed to `{}`",
            list(&deploy.artefacts),
            environment.name
        ));
        proof.report(node, diagnostic);
    }
}
