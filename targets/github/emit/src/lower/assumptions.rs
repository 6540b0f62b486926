//! What only settings of GitHub and people can guarantee.
//!
//! If a clause relies on a setting, the setting is listed here by its kind. A test compares [`meaning`] with "What remains
//! assumed" in the reference. For example, `protect branch "main"` relies on
//!
//! ```text
//! BranchRule { branch: "main", .. }     for the theorem one-path
//! ```

mod kinds;
mod known;
mod parts;
mod patterns;
mod settings;
mod words;

use super::Lowered;
use crate::document::Job;
pub use kinds::meaning;
use known::KnownFacts;
use pipec_claims::Assumed;
use pipec_ir::{Deploy, Environment, Pipeline, Program};
use std::collections::BTreeSet;
pub use words::Words;

/// All settings and all trust that the workflows of a pipeline rely on.
pub(crate) fn assumptions<'p>(
    program: &'p Program,
    pipeline: &'p Pipeline,
    lowered: &mut Lowered<'p>,
) -> Vec<Assumed> {
    let known = KnownFacts::of(pipeline, lowered.facts.take());
    let workflows = lowered.workflow.iter().chain(lowered.teardown.iter().flat_map(|it| &it.workflow));
    let jobs: Vec<Job> = workflows.flat_map(|workflow| workflow.jobs.clone()).collect();
    let mut all = settings::of_the_repository(program, pipeline);
    all.extend(settings::open_to_pushers(&known, pipeline));
    for environment in entered(program, pipeline) {
        all.extend(settings::of_an_environment(&known, program, pipeline, environment));
    }
    for node in &pipeline.nodes {
        all.extend(settings::of_a_node(&known, program, pipeline, node));
    }
    all.extend(settings::of_identities(program, pipeline));
    all.extend(parts::trusted_parts(program, pipeline, &jobs));
    all
}

fn deploys_to<'p>(pipeline: &'p Pipeline, environment: &'p str) -> impl Iterator<Item = &'p Deploy> {
    pipeline.deploys().map(|(_, deploy)| deploy).filter(move |deploy| deploy.environment == environment)
}

fn entered<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
    let mut seen = BTreeSet::new();
    pipeline
        .deploys()
        .filter(|(_, deploy)| seen.insert(deploy.environment.as_str()))
        .filter_map(|(_, deploy)| program.entered_by(deploy))
        .collect()
}
