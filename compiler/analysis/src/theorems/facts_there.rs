//! Facts are used only where they exist: `tag.name` in tag runs, `input.X` in manual runs. A deploy that goes forward by
//! version has one in each of its runs. A job of a `finally` has a secret only where some run of it may get one.

use super::{Proof, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Binding, Direction, Environment, Event, Fact, Node, Origin, Trigger};
use pipec_logic::Glob;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    for node in &pipeline.nodes {
        let environment = proof.program.environment_of(node);
        let values = environment.into_iter().flat_map(|environment| &environment.values);
        let of_actions = node.actions().flat_map(|action| &action.env);
        let of_sidecars =
            node.body.sidecars.iter().flat_map(|sidecar| {
                sidecar.env.iter().chain(sidecar.ready.iter().flat_map(|ready| &ready.env))
            });
        for binding in node.body.env.iter().chain(values).chain(of_actions).chain(of_sidecars) {
            binding_facts(proof, node, binding);
        }
        if let Some((environment, url)) = environment.and_then(|it| it.url.as_ref().map(|url| (it, url))) {
            for fact in url.facts() {
                fact_there(proof, node, fact, &environment.origin);
            }
        }
        if let Some(Environment { direction: Direction::Version { origin, .. }, name, .. }) = environment {
            version_there(proof, node, name, origin);
        }
        if pipeline.is_afterwards(node) {
            secrets_there(proof, node);
        }
    }
}

/// Reports the secrets of a job that is due only in runs of unreviewed code, which get none.
fn secrets_there(proof: &mut Proof<'_>, node: &Node) {
    let Some(secret) = node.body.secrets.first() else { return };
    let due = proof.facts.due_node(node);
    let held = proof.facts.propositions().and(&due, &proof.facts.trusted());
    if proof.can_be(&held) {
        return;
    }
    let Some(run) = proof.run_in_which(&due) else { return };
    let diagnostic = Diagnostic::error(
        codes::P0432,
        format!("{} never gets the secret `{}`", named(node), secret.variable),
        secret.origin.span,
    )
    .note("a run of code that nobody has reviewed gets no secret")
    .counterexample(format!("{run}: `{}` runs with an empty `{}`", node.name, secret.variable))
    .help("let it run on other events too, or remove the secret");
    proof.diagnostics.push(secret.origin.explain(diagnostic));
}

/// Reports a deploy that goes forward by version and runs without a tag.
fn version_there(proof: &mut Proof<'_>, node: &Node, environment: &str, origin: &Origin) {
    let without = {
        let propositions = proof.facts.propositions();
        propositions.and_not(&proof.facts.due_node(node), &proof.facts.event(Event::Tag))
    };
    let Some(run) = proof.run_in_which(&without) else {
        return version_told(proof, node, environment, origin);
    };
    let stage = proof.stage_name(node);
    let diagnostic = Diagnostic::error(
        codes::P0510,
        format!("{} has no version in some runs, and `{environment}` goes forward by version", named(node)),
        node.origin.span,
    )
    .label(origin.span, "compares the versions of tags")
    .counterexample(format!("{run}: `{stage}` runs without a tag"))
    .help(if proof.pipeline.events().contains(&Event::Tag) {
        format!(
            "give stage `{stage}` a condition: `when event is tag`, or write `forward by history` in `{environment}`"
        )
    } else {
        format!("write `forward by history` in `{environment}`: no trigger of the pipeline has a tag")
    });
    proof.diagnostics.push(node.origin.explain(diagnostic));
}

/// Reports tags with a digit before their version. A version begins with the first digit of a tag.
fn version_told(proof: &mut Proof<'_>, node: &Node, environment: &str, origin: &Origin) {
    let due = proof.facts.due_node(node);
    for (trigger, admitted) in proof.facts.triggers().collect::<Vec<_>>() {
        let Trigger::Tag(globs, trigger_origin) = trigger else { continue };
        let Some(glob) = globs.iter().find(|glob| has_digit_before_version(glob)) else { continue };
        if !proof.can_be(&proof.facts.propositions().and(&due, &admitted)) {
            continue;
        }
        let diagnostic = Diagnostic::error(
            codes::P0510,
            format!("the version in a tag like `{}` can't be told, and `{environment}` goes forward by version", glob.text()),
            trigger_origin.span,
        )
        .saying("has a digit before the version")
        .label(origin.span, "compares the versions of tags")
        .help(format!(
            "a version begins with the first digit of its tag: choose other tags, or write `forward by history` in \
             `{environment}`"
        ));
        proof.diagnostics.push(node.origin.explain(diagnostic));
    }
}

/// Whether a fixed beginning of tags has a digit that is not the begin of a version.
fn has_digit_before_version(glob: &Glob) -> bool {
    let fixed = glob.literal_prefix();
    let version = fixed.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    version.contains(|character: char| character.is_ascii_digit())
}

fn binding_facts(proof: &mut Proof<'_>, node: &Node, binding: &Binding) {
    for fact in binding.value.facts() {
        fact_there(proof, node, fact, &binding.origin);
    }
}

fn fact_there(proof: &mut Proof<'_>, node: &Node, fact: &Fact, origin: &Origin) {
    let events: &[Event] = match fact {
        Fact::TagName | Fact::TagVersion => &[Event::Tag],
        Fact::BranchName => &[Event::Push, Event::Schedule, Event::Manual],
        Fact::PullRequestNumber => &[Event::PullRequest],
        Fact::Input(_) => &[Event::Manual],
        _ => return,
    };
    let without = {
        let propositions = proof.facts.propositions();
        propositions.and_not(&proof.facts.due_node(node), &proof.facts.any_event(events.iter().copied()))
    };
    let Some(run) = proof.run_in_which(&without) else { return };
    let words: Vec<&str> = events.iter().map(|event| event.word()).collect();
    let started = proof.pipeline.events();
    let conditions: Vec<String> = events
        .iter()
        .filter(|event| started.contains(event))
        .map(|event| format!("event is {}", event.word()))
        .collect();
    let help = if conditions.is_empty() {
        format!(
            "no trigger of pipeline `{}` has `{fact}`: remove it, or add one that has it",
            proof.pipeline.name
        )
    } else {
        let conditions = conditions.join(" or ");
        format!("give {} a condition: `when {conditions}`", staged(proof, node))
    };
    let diagnostic = Diagnostic::error(
        codes::P0111,
        format!("`{fact}` does not exist in every run of {}", named(node)),
        origin.span,
    )
    .saying(format!("exists on {} only", words.join(", ")))
    .counterexample(format!("{run}: `{}` runs, but there is no `{fact}`", proof.stage_name(node)))
    .help(help);
    proof.diagnostics.push(origin.explain(diagnostic));
}

/// The stage of a node, or its `finally`, for messages: "stage `release`".
fn staged(proof: &Proof<'_>, node: &Node) -> String {
    let word = if proof.pipeline.is_afterwards(node) { "finally" } else { "stage" };
    format!("{word} `{}`", proof.stage_name(node))
}
