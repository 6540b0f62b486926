//! The engine-neutral half of every emitter: the jobs, their waits and their conditions.
//!
//! An emitter calls [`lower`] and renders the [`JobPlan`]s in the language of its engine. This crate knows no engine:
//! an engine states through [`Expressive`] what it can decide itself, and the `plan` job decides the rest. For example,
//!
//! ```text
//! gate unit: test { run "make test" }
//! artefact app: package { build "make"  paths "dist/**" }
//! deploy app to production                               # its stage says: when branch is main
//! ```
//!
//! becomes, in this order, on an engine that can compare a branch,
//!
//! ```text
//! job unit                       due: always
//! job app                        due: always            waits for: unit
//! job deploy-app-to-production   due: branch is main    waits for: unit, app
//! job verdict                    always starts, after all of them
//! job record                     always starts, after the verdict
//! ```
//!
//! On an engine that cannot compare it, a job `plan` comes first, `branch is main` becomes the planned fact
//! `branch-is-main`, and the deploy also waits for `plan`.

pub mod acts;
mod conditions;
mod expressive;
mod guard;
mod jobs;
mod overrides;
mod passes;
mod planned;
mod previews;
mod record;
mod roles;
mod source;
mod units;
mod verdict;
mod waits;
mod windows;

pub use expressive::{Decision, Expressive};
pub use guard::Guard;
pub use jobs::{JobPlan, Reliance, Role, Start, Wait};
pub use overrides::job_name as override_job_name;
pub use planned::{PlannedFacts, Test, variable_part};
pub use source::{Nodes, Source, advisory, overriding};
pub use units::{Runs, Unit};
pub use verdict::Judged;
pub use windows::time;

use pipec_ir::facts::SourceFacts;
use pipec_ir::{Pipeline, Program};

/// The name of the job that decides facts.
pub const PLAN: &str = "plan";

/// The name of the job that checks the result of all jobs.
pub const VERDICT: &str = "verdict";

/// The name of the job that records the run.
pub const RECORD: &str = "record";

/// The jobs of a pipeline, as plain data.
#[derive(Debug)]
pub struct Lowering<'p> {
    /// The program, the pipeline and its facts.
    pub source: Source<'p>,
    /// The facts that the `plan` job decides.
    pub planned: PlannedFacts,
    /// The jobs of all nodes, in the order of the nodes.
    pub units: Vec<Unit>,
    /// All jobs of a run, in the order in which an output lists them.
    pub jobs: Vec<JobPlan>,
    /// The checks of the verdict for each job.
    pub judged: Vec<Judged>,
    /// The teardown jobs for the previews of pull requests, in order. They form separate runs.
    pub teardown: Vec<JobPlan>,
}

/// The jobs of a pipeline. The engine states which atoms it can decide itself.
pub fn lower<'p>(
    program: &'p Program,
    pipeline: &'p Pipeline,
    facts: SourceFacts<'p>,
    engine: &dyn Expressive,
) -> Lowering<'p> {
    let source = Source { program, pipeline, facts };
    let planned = PlannedFacts::of(pipeline, engine);
    let units = units::all(&source);
    let passes = passes::Passes { source: &source, planned: &planned, units: &units, engine };
    let judged = passes.judged();
    let jobs = passes.jobs(&judged);
    let teardown = previews::teardown(program, pipeline);
    Lowering { source, planned, units, jobs, judged, teardown }
}
