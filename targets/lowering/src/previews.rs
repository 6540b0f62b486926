//! Ephemeral environments: the jobs that tear down previews of pull requests.
//!
//! For the environment `preview`, `find-preview` finds the pull requests that are closed or forgotten, and
//! `teardown-preview` tears down the preview of each. They form separate runs: one when a pull request of a member is
//! closed, and one sweep every hour.

use crate::guard::Guard;
use crate::jobs::{JobPlan, Role, Start, Wait};
use pipec_ir::{Environment, Pipeline, Program, Tier};
use std::collections::BTreeSet;

/// The teardown jobs, two for each ephemeral environment.
pub(crate) fn teardown(program: &Program, pipeline: &Pipeline) -> Vec<JobPlan> {
    let environments = entered(program, pipeline);
    environments.into_iter().flat_map(|environment| [find(environment), tear_down(environment)]).collect()
}

/// The ephemeral environments that a pipeline enters, in the order of the first entry.
fn entered<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
    let mut seen = BTreeSet::new();
    let entered = pipeline.deploys().filter(|(_, deploy)| seen.insert(deploy.environment.as_str()));
    entered
        .filter_map(|(_, deploy)| program.environments.get(&deploy.environment))
        .filter(|environment| environment.tier == Tier::Ephemeral)
        .collect()
}

/// The job that finds previews. A pull request of another repository or of a bot never had one.
fn find(environment: &Environment) -> JobPlan {
    let name = &environment.name;
    JobPlan {
        id: format!("find-{name}"),
        role: Role::Find(name.clone()),
        origin: environment.origin.span,
        name: format!("find {name}"),
        comments: vec![format!("which pull requests have something in {name} that is to go")],
        waits: Vec::new(),
        start: Start::If(Guard::any([Guard::Sweep, Guard::ClosedByMember])),
        exemptions: Vec::new(),
        relies_on: Vec::new(),
    }
}

fn tear_down(environment: &Environment) -> JobPlan {
    let name = &environment.name;
    let find = format!("find-{name}");
    JobPlan {
        id: format!("teardown-{name}"),
        role: Role::TearDown(name.clone()),
        origin: environment.origin.span,
        name: format!("tear down {name}"),
        comments: vec![format!("tears down {name} of each of them, with the default branch checked out")],
        waits: vec![Wait::success(&find)],
        start: Start::AfterSuccess(Guard::Found(find)),
        exemptions: Vec::new(),
        relies_on: Vec::new(),
    }
}
