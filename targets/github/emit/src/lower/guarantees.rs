//! What a workflow makes GitHub do, what is proved on its bytes, and what nobody but GitHub's settings can do.
//!
//! Whoever lowers a clause that rests on a setting lists the setting here, by its [`Assumption`]: the reference's "What
//! remains assumed" is held against them.

mod assumptions;
mod emitted;
mod settings;

use super::Lowered;
use crate::document::Job;
pub use assumptions::{ASSUMPTIONS, Assumption};
use pipec_ir::{Deploy, Guarantee, Pipeline, Program};

/// Everything the target says of a proven pipeline.
pub(crate) fn guarantees(program: &Program, pipeline: &Pipeline, lowered: &Lowered) -> Vec<Guarantee> {
    let workflows = lowered.workflow.iter().chain(lowered.teardown.iter().flat_map(|it| &it.workflow));
    let jobs: Vec<Job> = workflows.flat_map(|workflow| workflow.jobs.clone()).collect();
    let mut all = emitted::proved(pipeline);
    all.extend(emitted::of_the_run(program, pipeline));
    all.extend(emitted::own_jobs(pipeline, lowered));
    for environment in settings::entered(program, pipeline) {
        all.extend(emitted::of_a_deploy(pipeline, environment));
    }
    all.extend(settings::settings_of_the_repository(pipeline));
    all.extend(settings::open_to_pushers(pipeline));
    for environment in settings::entered(program, pipeline) {
        all.extend(settings::settings_of_an_environment(program, pipeline, environment));
    }
    for node in &pipeline.nodes {
        all.extend(settings::settings_of_a_node(program, pipeline, node));
    }
    all.extend(settings::trusted_parts(pipeline, &jobs));
    all
}

fn deploys_to<'p>(pipeline: &'p Pipeline, environment: &'p str) -> impl Iterator<Item = &'p Deploy> {
    pipeline.deploys().map(|(_, deploy)| deploy).filter(move |deploy| deploy.environment == environment)
}
