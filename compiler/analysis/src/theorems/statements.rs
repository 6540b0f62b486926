//! The statement of each proved theorem about a pipeline: its parameters, taken from the program.

use pipec_claims::{BuildOnce, EveryChangeTravels, NoSkippedGates, OnePath, ProductionPath, Theorem};
use pipec_ir::{Deploy, Environment, Fact, Node, NodeKind, Pipeline, Program, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// A pipeline and the environments it enters.
pub(super) struct Stated<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    /// The environments in the order in which the pipeline first enters them.
    entered: Vec<(&'p Environment, Deploys<'p>)>,
    /// The branches and tags from which each production environment is deployed to, where they are known.
    deployed_from: &'p BTreeMap<String, BTreeSet<String>>,
}

type Deploys<'p> = Vec<(&'p Node, &'p Deploy)>;

impl<'p> Stated<'p> {
    pub(super) fn new(
        program: &'p Program,
        pipeline: &'p Pipeline,
        deployed_from: &'p BTreeMap<String, BTreeSet<String>>,
    ) -> Stated<'p> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut entered: Vec<(&Environment, Deploys<'p>)> = Vec::new();
        for (node, deploy) in pipeline.deploys() {
            let Some(environment) = program.entered_by(deploy) else { continue };
            let place = *places.entry(&environment.name).or_insert_with(|| {
                entered.push((environment, Vec::new()));
                entered.len() - 1
            });
            if let Some((_, deploys)) = entered.get_mut(place) {
                deploys.push((node, deploy));
            }
        }
        Stated { program, pipeline, entered, deployed_from }
    }
}

fn parts(deploys: &Deploys<'_>) -> Vec<String> {
    let parts: BTreeSet<&String> = deploys.iter().flat_map(|(_, deploy)| &deploy.artefacts).collect();
    parts.into_iter().cloned().collect()
}

fn names<'p>(named: impl IntoIterator<Item = &'p Node>) -> Vec<String> {
    named.into_iter().map(|node| node.name.clone()).collect()
}

pub(super) fn facts_there(_: &Stated<'_>) -> Vec<Theorem> {
    vec![Theorem::FactsThere]
}

pub(super) fn no_missed_changes(_: &Stated<'_>) -> Vec<Theorem> {
    vec![Theorem::NoMissedChanges]
}

pub(super) fn overrides_apply(_: &Stated<'_>) -> Vec<Theorem> {
    vec![Theorem::OverridesApply]
}

pub(super) fn kept_caches(_: &Stated<'_>) -> Vec<Theorem> {
    vec![Theorem::KeptCaches]
}

pub(super) fn no_skipped_gates(stated: &Stated<'_>) -> Vec<Theorem> {
    let of_environment = |(environment, deploys): &(&Environment, Deploys<'_>)| {
        let is_before = |node: &&Node| deploys.iter().any(|(deploy, _)| deploy.before.contains(&node.id));
        let blocking = stated.pipeline.gates().filter(|(node, _)| node.is_blocking_gate());
        let gates: Vec<_> = blocking.filter(|(node, _)| is_before(node)).collect();
        Theorem::NoSkippedGates(NoSkippedGates {
            environment: environment.name.clone(),
            gates: names(gates.iter().map(|(node, _)| *node)),
            may_be_exempt: gates.iter().any(|(_, gate)| !gate.exemptions.is_empty()),
            may_be_overridden: gates.iter().any(|(_, gate)| gate.overriding.is_some()),
            evidence: environment.requires.iter().map(|(kind, _)| kind.clone()).collect(),
            parts: parts(deploys),
        })
    };
    // Where nothing comes before a deploy, there is nothing to prove.
    let says_something = |theorem: &Theorem| !matches!(theorem, Theorem::NoSkippedGates(it) if it.gates.is_empty() && it.evidence.is_empty());
    stated.entered.iter().map(of_environment).filter(says_something).collect()
}

pub(super) fn one_path(stated: &Stated<'_>) -> Vec<Theorem> {
    let pipeline = stated.pipeline;
    let of_environment = |(environment, deploys): &(&Environment, Deploys<'_>)| {
        let production = (environment.tier == Tier::Production).then(|| {
            let globs = pipeline.protected_branches.iter().chain(&pipeline.protected_tags);
            let refs = match stated.deployed_from.get(&environment.name) {
                Some(refs) => refs.clone(),
                // Only protected ones deploy to production (P0204).
                None => globs.map(|glob| glob.text().to_owned()).collect(),
            };
            ProductionPath { parts: parts(deploys), refs: refs.into_iter().collect() }
        });
        Theorem::OnePath(OnePath {
            environment: environment.name.clone(),
            is_open_to_members: environment.open_to_members,
            production,
        })
    };
    stated.entered.iter().map(of_environment).collect()
}

pub(super) fn promotion(stated: &Stated<'_>) -> Vec<Theorem> {
    let after_others = stated.entered.iter().filter(|(environment, _)| !environment.after.is_empty());
    let of_environment = |(environment, deploys): &(&Environment, Deploys<'_>)| Theorem::Promotion {
        environment: environment.name.clone(),
        parts: parts(deploys),
        before: environment.after.iter().map(|(name, _)| name.clone()).collect(),
    };
    after_others.map(of_environment).collect()
}

pub(super) fn held_alone(stated: &Stated<'_>) -> Vec<Theorem> {
    // What all workflows of a repository share, nothing holds alone.
    let shares_secrets = stated.program.platforms.values().any(|platform| platform.secrets_shared.is_some());
    let of_environment = |environment: &Environment| {
        let secrets = environment.secrets.iter().filter(|_| !shares_secrets);
        let secrets: Vec<String> = secrets.map(|secret| secret.variable.clone()).collect();
        let identities: Vec<_> = environment.identities.iter().map(|identity| identity.provider).collect();
        let holds = !secrets.is_empty() || !identities.is_empty();
        let environment = environment.name.clone();
        holds.then_some(Theorem::HeldAlone { environment, secrets, identities })
    };
    stated.entered.iter().filter_map(|(environment, _)| of_environment(environment)).collect()
}

pub(super) fn build_once(stated: &Stated<'_>) -> Vec<Theorem> {
    let is_built = |node: &&Node| matches!(node.kind, NodeKind::Artefact(_));
    let built: Vec<&Node> = stated.pipeline.nodes.iter().filter(is_built).collect();
    if built.is_empty() {
        return Vec::new();
    }
    // It is unknown what raw steps fetch.
    let rests_on_more = |node: &&&Node| !(node.body.caches.is_empty() && node.body.engines.is_empty());
    let reading_caches = names(built.iter().filter(rests_on_more).copied());
    let reads_setting = |node: &&&Node| !stated.program.settings_of(node).is_empty();
    let reading_settings = names(built.iter().filter(reads_setting).copied());
    let artefacts = names(built.iter().copied());
    let reads_run = |node: &&&Node| {
        let texts = stated.program.texts_of(node);
        texts.into_iter().flat_map(|(text, _)| text.facts()).any(Fact::is_of_run_alone)
    };
    let reading_run = names(built.iter().filter(reads_run).copied());
    vec![Theorem::BuildOnce(BuildOnce { artefacts, reading_caches, reading_settings, reading_run })]
}

pub(super) fn every_change_travels(stated: &Stated<'_>) -> Vec<Theorem> {
    let Stated { program, pipeline, .. } = stated;
    let reaches_production = pipeline
        .deploys()
        .any(|(_, deploy)| program.entered_by(deploy).is_some_and(|place| place.tier == Tier::Production));
    let asks_for_changes = pipeline.stages.iter().any(|stage| stage.condition.asks_for_changes());
    let theorem = Theorem::EveryChangeTravels(EveryChangeTravels { asks_for_changes });
    reaches_production.then_some(theorem).into_iter().collect()
}

pub(super) fn budget(stated: &Stated<'_>) -> Vec<Theorem> {
    let pipeline = stated.pipeline;
    let run = pipeline.budget.as_ref().map(|(length, _)| *length);
    let of_stages = pipeline.stages.iter().filter_map(|stage| {
        let (length, _) = stage.budget.as_ref()?;
        Some((stage.name.clone(), *length))
    });
    let stages: Vec<(String, u64)> = of_stages.collect();
    if run.is_none() && stages.is_empty() {
        return Vec::new();
    }
    vec![Theorem::Budget { run, stages }]
}
