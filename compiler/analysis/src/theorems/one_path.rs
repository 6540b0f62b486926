//! One path to production: each production environment and artefact has one deploy statement. No untrusted and no
//! unprotected code reaches it.

use super::{Proof, Summary, list, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Environment, Event, Identity, Node, Program, Provider, Tier, Trigger};
use pipec_logic::Glob;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Proves that an environment with deploys from several pipelines lists these pipelines.
pub(super) fn across_pipelines(
    program: &Program,
    summaries: &[Arc<Summary>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut entries: FxHashMap<&str, Vec<(&str, pipec_base::Span)>> = FxHashMap::default();
    for summary in summaries {
        for (environment, span) in &summary.enters {
            entries.entry(environment).or_default().push((&summary.name, *span));
        }
    }
    for (name, environment) in program.environments.iter() {
        let all = entries.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        // Most environments belong to one pipeline.
        let is_alone =
            all.iter().all(|(pipeline, _)| all.first().is_some_and(|(first, _)| first == pipeline));
        if is_alone && environment.from.is_none() {
            continue;
        }
        let mut entering: BTreeMap<&str, pipec_base::Span> = BTreeMap::new();
        for (pipeline, span) in all {
            entering.entry(pipeline).or_insert(*span);
        }
        match &environment.from {
            None => {
                let names: Vec<&str> = entering.keys().copied().collect();
                let mut diagnostic = Diagnostic::error(
                    codes::P0201,
                    format!("{} enter `{name}`, which lists none of them", list(&names)),
                    environment.origin.span,
                );
                for (pipeline, span) in &entering {
                    diagnostic = diagnostic.label(*span, format!("`{pipeline}` enters here"));
                }
                diagnostics.push(diagnostic.help(format!(
                    "if all of them should, add `from {}` to the environment",
                    names.join(", ")
                )));
            }
            Some((listed, origin)) => {
                for (pipeline, span) in &entering {
                    if listed.iter().any(|known| known == pipeline) {
                        continue;
                    }
                    diagnostics.push(
                        Diagnostic::error(
                            codes::P0201,
                            format!("pipeline `{pipeline}` enters `{name}`, which does not list it"),
                            *span,
                        )
                        .label(origin.span, "these may enter")
                        .help(format!("add `{pipeline}` to `from`, or deploy elsewhere")),
                    );
                }
                for pipeline in listed.iter().filter(|known| !entering.contains_key(known.as_str())) {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::P0201,
                            format!("`{name}` lists pipeline `{pipeline}`, which does not enter it"),
                            origin.span,
                        )
                        .help("list exactly the pipelines that deploy there"),
                    );
                }
            }
        }
    }
}

/// Proves that only deploys to an environment have its identities. Code that can assume production's role reaches
/// production. An audience alone and a provider of Google are no such identity: see [`Identity::principal`].
pub(super) fn borrowed_identities(
    program: &Program,
    summaries: &[Arc<Summary>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut owners: BTreeMap<(Provider, String), (&Environment, &Identity)> = BTreeMap::new();
    for environment in program.environments.values() {
        for identity in &environment.identities {
            let Some(principal) = identity.principal() else { continue };
            owners.entry((identity.provider, principal)).or_insert((environment, identity));
        }
    }
    let own = summaries.iter().flat_map(|summary| &summary.identities);
    let own = own.map(|(identity, holder)| (identity, holder.clone()));
    let shared = program.environments.values().flat_map(|environment| {
        environment
            .identities
            .iter()
            .map(move |identity| (identity, format!("environment `{}`", environment.name)))
    });
    let of_registries = program.registries.values();
    let of_registries =
        of_registries.filter_map(|it| Some((it.identity()?, format!("registry `{}`", it.prefix))));
    for (identity, holder) in own.chain(shared).chain(of_registries) {
        let Some(principal) = identity.principal() else { continue };
        let Some((owner, first)) = owners.get(&(identity.provider, principal)) else { continue };
        if first.origin == identity.origin {
            continue;
        }
        let diagnostic = Diagnostic::error(
            codes::P0602,
            format!("{holder} holds the identity of `{}`", owner.name),
            identity.origin.span,
        )
        .saying("the same role")
        .label(first.origin.span, format!("`{}` holds it here", owner.name))
        .counterexample(format!(
            "{holder} signs in as `{}` and changes `{}` without passing a gate",
            identity.role, owner.name
        ))
        .help("give each its own role, with the permissions it needs");
        diagnostics.push(identity.origin.explain(diagnostic));
    }
}

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    second_paths(proof);
    for (node, deploy) in pipeline.deploys() {
        let Some(environment) = proof.program.entered_by(deploy) else { continue };
        untrusted(proof, node, environment);
        if environment.tier == Tier::Production {
            unprotected(proof, node, environment);
        }
    }
}

/// Proves that each production environment and artefact has at most one deploy statement.
fn second_paths(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    let mut first: BTreeMap<(&str, &str), &Node> = BTreeMap::new();
    for (node, deploy) in pipeline.deploys() {
        let environment = proof.program.entered_by(deploy);
        if environment.is_none_or(|environment| environment.tier != Tier::Production) {
            continue;
        }
        let mut second: Option<(&str, &Node)> = None;
        for part in &deploy.artefacts {
            let path = (deploy.environment.as_str(), part.as_str());
            if let Some(earlier) = first.get(&path) {
                second.get_or_insert((part, earlier));
            } else {
                first.insert(path, node);
            }
        }
        let Some((part, earlier)) = second else { continue };
        let mut diagnostic = Diagnostic::error(
            codes::P0202,
            format!("`{part}` reaches `{}` on two paths", deploy.environment),
            deploy.environment_origin.span,
        )
        .saying("the second path")
        .label(earlier.name_origin.span, "the first path")
        .help("keep one deploy, in a stage whose condition covers both cases");
        let due = proof.facts.due_node(node);
        if let Some(run) = proof.run_in_which(&due) {
            diagnostic = diagnostic.counterexample(format!(
                "{run}: `{}` deploys `{part}` without what comes before the deploy in `{}`",
                proof.stage_name(node),
                proof.stage_name(earlier)
            ));
        }
        proof.report(node, diagnostic);
    }
}

fn untrusted(proof: &mut Proof<'_>, node: &Node, environment: &Environment) {
    let barred = {
        let propositions = proof.facts.propositions();
        let untrusted = if environment.tier == Tier::Ephemeral && environment.open_to_members {
            propositions.or(&proof.facts.fork(), &proof.facts.event(Event::MergeQueue))
        } else {
            proof.facts.untrusted()
        };
        propositions.and(&proof.facts.due_node(node), &untrusted)
    };
    let Some(run) = proof.run_in_which(&barred) else { return };
    let name = &environment.name;
    let help = if environment.tier == Tier::Ephemeral && environment.open_to_members {
        format!("exclude forks: `stage {} when event is pull-request and not fork`", proof.stage_name(node))
    } else if environment.tier == Tier::Ephemeral {
        format!(
            "admit members' pull requests (`open to members` in `{name}`), or give the stage a condition \
             such as `event is push`"
        )
    } else {
        format!(
            "give stage `{}` a condition: `when event is push`, or `when branch is main`",
            proof.stage_name(node)
        )
    };
    let mut diagnostic =
        Diagnostic::error(codes::P0203, format!("unreviewed code reaches `{name}`"), node.name_origin.span)
            .saying("deployed on an untrusted event")
            .counterexample(format!("{run}: `{}` runs, and {} starts", proof.stage_name(node), named(node)));
    if let Some(trigger) = proof.pipeline.triggers.iter().find(|trigger| trigger.event() == run.event) {
        diagnostic = diagnostic.label(trigger.origin().span, "this admits it");
    }
    proof.report(node, diagnostic.help(help));
}

fn unprotected(proof: &mut Proof<'_>, node: &Node, environment: &Environment) {
    let barred = {
        let propositions = proof.facts.propositions();
        let trusted = propositions.and(&proof.facts.due_node(node), &proof.facts.trusted());
        propositions.and_not(&trusted, &proof.facts.protected())
    };
    let Some(run) = proof.run_in_which(&barred) else { return };
    let protected: Vec<String> = proof
        .pipeline
        .protected_branches
        .iter()
        .map(|glob| format!("branch `{}`", glob.text()))
        .chain(proof.pipeline.protected_tags.iter().map(|glob| format!("tag `{}`", glob.text())))
        .collect();
    let protected = if protected.is_empty() { "none".to_owned() } else { protected.join(", ") };
    let mut diagnostic = Diagnostic::error(
        codes::P0204,
        format!("an unprotected branch or tag reaches `{}`", environment.name),
        node.name_origin.span,
    )
    .saying("deployed from code that anybody may push")
    .counterexample(format!("{run}: `{}` runs, and {} starts", proof.stage_name(node), named(node)))
    .note(format!("protected here: {protected}"));
    if let Some(trigger) = proof.pipeline.triggers.iter().find(|trigger| trigger.event() == run.event) {
        diagnostic = diagnostic.label(trigger.origin().span, "this admits it");
    }
    let help = protecting(proof, node, run.event);
    let diagnostic = diagnostic.help(help);
    proof.report(node, diagnostic);
}

/// The remedy that keeps unprotected code out. It is a condition, or a platform setting that the source doesn't know.
fn protecting(proof: &Proof<'_>, node: &Node, event: Event) -> String {
    let pipeline = proof.pipeline;
    let globs = pipeline.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Push(globs, _) | Trigger::Tag(globs, _) if trigger.event() == event => Some(globs),
        _ => None,
    });
    let globs: Vec<&Glob> = globs.flatten().collect();
    // A clause replaces the default protection, so it must repeat the default.
    let with = |known: &[Glob]| {
        let all: BTreeSet<&str> = known.iter().chain(globs.iter().copied()).map(Glob::text).collect();
        let all: Vec<String> = all.into_iter().map(|glob| format!("\"{glob}\"")).collect();
        all.join(", ")
    };
    if event == Event::Tag {
        let all = with(&pipeline.protected_tags);
        return format!("if only reviewed commits get such a tag, add `protect tag {all}`");
    }
    let stage = proof.stage_name(node);
    let condition = match pipeline.protected_branches.first().map(Glob::text) {
        Some(branch) if branch.chars().all(|c| c.is_ascii_lowercase()) => {
            format!("give stage `{stage}` a condition such as `when branch is {branch}`")
        }
        Some(glob) => format!("give stage `{stage}` a condition such as `when branch is \"{glob}\"`"),
        None => format!(
            "give stage `{stage}` a condition such as `when branch is main`, and declare that only \
             reviewed changes reach it: `protect branch \"main\"`"
        ),
    };
    // To protect branches of every name would trust them all, also those of a merge queue.
    if globs.is_empty() || globs.iter().any(|glob| glob.literal_prefix().is_empty()) {
        return condition;
    }
    let all = with(&pipeline.protected_branches);
    format!("{condition}; or, if only reviewed changes can start it, add `protect branch {all}`")
}
