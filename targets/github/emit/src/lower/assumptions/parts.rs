//! What runs without having been looked into: actions, images, raw steps and machines.

use crate::document::{Image, Job, Step, Work};
use crate::lower::names::file_name;
use pipec_claims::{Assumed, Reliance, Setting, TheoremId, Trust};
use pipec_github_catalogue::is_code;
use pipec_ir::{EngineBlock, EngineStep, Fact, HeldBy, Node, Pipeline, Program};
use std::collections::BTreeSet;

pub(super) fn trusted_parts(program: &Program, pipeline: &Pipeline, jobs: &[Job]) -> Vec<Assumed> {
    let mut all = actions(jobs);
    all.extend(images(jobs));
    all.extend(pipeline.nodes.iter().flat_map(|node| of_a_node(program, node)));
    let reads_cache = |step: &Step| match &step.work {
        Work::Uses(action, _) => action.name.starts_with("actions/cache/"),
        Work::Run(_) => false,
    };
    if jobs.iter().flat_map(|job| &job.steps).any(reads_cache) {
        all.push(Assumed::new(Trust::CacheScope, Reliance::CacheReaders));
    }
    let machines: BTreeSet<&str> = jobs.iter().map(|job| job.runs_on.as_str()).collect();
    let owned = |tools: &[&str]| tools.iter().map(|tool| (*tool).to_owned()).collect();
    let deploys = pipeline.deploys().next().is_some();
    let tools = Setting::RunnerTools {
        runners: machines.into_iter().map(str::to_owned).collect(),
        tools: owned(&["bash", "tar"]),
        deploy_tools: if deploys { owned(&["gh"]) } else { Vec::new() },
    };
    all.push(Assumed::new(tools, Reliance::Jobs { file: file_name(pipeline) }));
    all
}

/// The actions that the jobs call, sorted as reports show them.
fn actions(jobs: &[Job]) -> Vec<Assumed> {
    let called = jobs.iter().flat_map(|job| &job.steps).filter_map(|step| match &step.work {
        Work::Uses(action, _) => Some((&action.name, &action.version, &action.commit)),
        Work::Run(_) => None,
    });
    let called: BTreeSet<_> = called.collect();
    let trust = called.into_iter().map(|(name, version, commit)| Trust::Action {
        name: name.clone(),
        version: version.clone(),
        commit: commit.clone(),
    });
    trust.map(|action| Assumed::new(action, Reliance::Callers)).collect()
}

fn images(jobs: &[Job]) -> Vec<Assumed> {
    let images: BTreeSet<String> = jobs
        .iter()
        .flat_map(|job| job.container.iter().chain(job.services.iter().map(|service| &service.image)))
        .map(Image::to_string)
        .collect();
    let trust = images.into_iter().map(|reference| Trust::Image { reference });
    trust.map(|image| Assumed::new(image, Reliance::JobsOfImage)).collect()
}

/// What the retries, scripts and raw steps of a node leave to trust.
fn of_a_node(program: &Program, node: &Node) -> Vec<Assumed> {
    let successors = || Reliance::Successors { node: node.name.clone() };
    let mut all = Vec::new();
    if let Some(retry) = &node.body.retry {
        let attempts = Trust::Attempts { node: node.name.clone(), because: retry.because.clone() };
        all.push(Assumed::new(attempts, successors()));
    }
    // A single script has no other to hide from, and without any mention nobody knows who needs it.
    let some_mention = |held: &HeldBy<'_>| (1..held.scripts).contains(&held.silent);
    all.extend(program.held_by(node).filter(some_mention).map(|held| {
        let (node, variable) = (node.name.clone(), held.variable.to_owned());
        let trust = Trust::Bystanders { node, variable, scripts: held.silent, of: held.scripts };
        Assumed::new(trust, [TheoremId::LeastAuthority])
    }));
    for block in node.body.blocks_for("github") {
        let steps = Trust::RawSteps { node: node.name.clone(), because: block.because.clone() };
        all.push(Assumed::new(steps, successors()));
        all.extend(chosen_by_others(node, block).map(|input| Assumed::new(input, successors())));
    }
    all
}

/// The trust that an action does not execute an input that others choose.
fn chosen_by_others<'n>(node: &'n Node, block: &'n EngineBlock) -> impl Iterator<Item = Trust> + 'n {
    let calls = block.steps.iter().filter_map(|step| match step {
        EngineStep::Action { action, inputs, .. } => Some((action, inputs)),
        EngineStep::Run(_) | EngineStep::Env(_) => None,
    });
    let is_chosen = |fact: &&Fact| {
        let free = [Fact::BranchName, Fact::TagName, Fact::TagVersion];
        free.contains(fact) || matches!(fact, Fact::Input(_) | Fact::StepOutput { .. } | Fact::Setting { .. })
    };
    calls.flat_map(move |(action, inputs)| {
        inputs.iter().filter(|input| !is_code(&input.key)).filter_map(move |input| {
            let fact = input.value.facts().find(is_chosen)?.clone();
            Some(Trust::RawInput {
                node: node.name.clone(),
                action: action.to_string(),
                input: input.key.clone(),
                fact,
            })
        })
    })
}
