//! The engine-neutral half of every emitter: jobs, their order, and what each does.
//!
//! An emitter calls [`lower`] and renders the [`JobPlan`]s in the language of its engine. Nothing here knows an engine.
//! An emitter says through [`Expressive`] what its engine can decide by itself. The job `plan` decides the rest. For example,
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
mod afterwards;
mod artefacts;
mod before_any_job;
mod caches;
mod conditions;
mod credentials;
mod deploys;
mod expressive;
mod guard;
mod header;
mod jobs;
mod legs;
mod loans;
mod names;
mod nodes;
mod overrides;
mod passes;
mod plan;
mod planned;
mod previews;
mod record;
mod reduction;
mod reports;
mod roles;
mod source;
mod texts;
mod token;
mod tools;
mod units;
mod value;
mod variables;
mod verdict;
mod waits;
mod windows;

pub use expressive::{DecidedWhen, Decision, Expressive};
pub use guard::Guard;
pub use header::{header, is_generated};
pub use jobs::{EnvironmentUse, HandOn, JobPlan, LockUse, Role, Start, Timeout, Wait};
pub use legs::{LegPlan, Legs, is_product};
pub use names::{has_own_environment, own_environment};
pub use nodes::FACTS;
pub use overrides::{environment as override_environment, job_name as override_job_name};
pub use planned::{PlannedFacts, Test};
pub use reports::in_directory;
pub use source::{Nodes, Source};
pub use token::TokenUse;
pub use units::{Runs, Unit, units, untrusted_job_name};
pub use value::{Credential, HandedOn, Part, RunFact, Value, Variables};
pub use verdict::{Judged, check_name};
pub use windows::{job_name as window_job_name, of as window_of};

use pipec_ir::facts::SourceFacts;
use pipec_ir::{Pipeline, Program, Text};

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
    pub jobs: Vec<JobPlan<'p>>,
    /// What the verdict asks of each job.
    pub judged: Vec<Judged>,
    /// The jobs that tear down previews, in order. They form runs of their own.
    pub teardown: Vec<JobPlan<'p>>,
}

/// Lowers a pipeline for an engine.
pub fn lower<'p>(
    program: &'p Program,
    pipeline: &'p Pipeline,
    facts: SourceFacts<'p>,
    engine: &dyn Expressive,
) -> Lowering<'p> {
    let source = Source { program, pipeline, facts };
    let planned = PlannedFacts::of(pipeline, engine);
    let units = units::units(&source);
    let passes = passes::Passes { source: &source, planned: &planned, units: &units, engine };
    let mut judged = passes.judged();
    let mut jobs = passes.jobs(&judged);
    match engine.decides_when() {
        DecidedWhen::BeforeAnyJob => before_any_job::move_into_jobs(&mut jobs, &mut judged),
        DecidedWhen::AfterItsWaits => passes.reduce(&mut jobs),
    }
    let teardown = previews::teardown(program, pipeline);
    Lowering { source, planned, units, jobs, judged, teardown }
}

impl<'p> Lowering<'p> {
    /// A text in a job of a node.
    pub fn value(&self, text: &'p Text, unit: &Unit) -> Value<'p> {
        passes::Texts { source: &self.source, units: &self.units }.value(text, unit)
    }
}
