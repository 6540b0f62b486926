//! P0909: deploys and gates that never use the artefact that they are about.
//!
//! For example, `deploy web to production { run "kubectl rollout restart deployment/web" }` delivers whatever the cluster
//! pulls, and not the image that the gates have judged.

use crate::scripts::acts_on_arguments_alone;
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Fact, Node, Pipeline, Program, Step, variable_part};

/// Checks the deploys and the gates of a pipeline. `in_scripts` are the findings in its scripts: an image that moves is
/// reported there.
pub(crate) fn check_pipeline(
    program: &Program,
    pipeline: &Pipeline,
    in_scripts: &[Diagnostic],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let moves = |step: &&Step| {
        let moving = in_scripts.iter().filter(|finding| finding.code == codes::P0908);
        moving.map(Diagnostic::span).any(|span| step.origin.span.contains(span))
    };
    for node in &pipeline.nodes {
        let (artefacts, does) = match (node.deploy(), node.gate()) {
            (Some(deploy), _) => (&deploy.artefacts, "delivers"),
            // What an environment shows, it judges there.
            (None, Some(gate)) if node.body.reads.is_empty() => (&gate.of, "judges"),
            _ => continue,
        };
        // Raw steps and measures may do it.
        if !node.body.engines.is_empty() || !node.body.measures.is_empty() {
            continue;
        }
        let steps: Vec<&Step> = node.steps().collect();
        let Some(first) = steps.first() else { continue };
        if steps.iter().any(moves) || !steps.iter().all(|step| acts_on_arguments_alone(&step.script)) {
            continue;
        }
        let uses = |artefact: &str| steps.iter().any(|step| is_used(program, node, step, artefact));
        // A gate may judge what another artefact says of its own: a list of what is in it.
        let uses_another = || node.gate().is_some() && node.body.uses.iter().any(|(used, _)| uses(used));
        for artefact in artefacts {
            if !uses(artefact) && !uses_another() {
                let variable = example(pipeline, artefact);
                let finding = Diagnostic::error(
                    codes::P0909,
                    format!("`{}` never uses `{artefact}`, which it {does}", node.name),
                    first.origin.span,
                )
                .note("its programs act only on what their arguments name, and that may be anything")
                .help(format!("name what was built: `\"${variable}\"`"));
                diagnostics.push(first.origin.explain(finding));
            }
        }
    }
}

/// A variable of an artefact that a script may use.
fn example(pipeline: &Pipeline, artefact: &str) -> String {
    let is_image = pipeline.producer(artefact).is_some_and(|(producer, _)| producer.image().is_some());
    format!("{}_{}", variable_part(artefact), if is_image { "REF" } else { "PATH" })
}

/// Whether a script mentions a variable of an artefact, or one whose value says something of it.
fn is_used(program: &Program, node: &Node, step: &Step, artefact: &str) -> bool {
    let is_subject = node.body.subject.as_deref() == Some(artefact);
    let own = [Some(variable_part(artefact)), is_subject.then(|| "SUBJECT".to_owned())];
    let said = ["REF", "PATH", "DIGEST", "LAYOUT"];
    let mut names = own.into_iter().flatten().flat_map(|own| said.map(|said| format!("{own}_{said}")));
    if names.any(|name| step.mentions(&name)) {
        return true;
    }
    let says_it = |fact: &Fact| match fact {
        Fact::ArtefactDigest(name) | Fact::ArtefactPath(name) | Fact::ArtefactRef(name) => name == artefact,
        // Deploys of one commit bring what was built from it.
        Fact::CommitSha | Fact::CommitShort | Fact::TagName | Fact::TagVersion => true,
        _ => false,
    };
    let actions = node.actions().flat_map(|action| &action.env);
    let mut bindings = program.bindings_of(node).chain(actions);
    bindings.any(|binding| binding.value.facts().any(says_it) && step.mentions(&binding.variable))
}
