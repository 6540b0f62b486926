//! The interface of an engine model to the prover.
//!
//! The prover asks, and the engine answers. For a job of a GitHub workflow:
//!
//! ```text
//! needs: [unit]
//! if: "${{ !cancelled() && needs.unit.result == 'success' }}"
//!                                   start(2, …): two parts, "not stopped" and "`unit` succeeded"
//! runs-on: ubuntu-24.04             is_machine("ubuntu-24.04", LinuxX64): true
//! permissions:
//!   contents: read                  scopes(Need::Code): `contents` at the level `read`
//! ```
//!
//! The job is the third, so its index is 2.

use crate::{
    ConditionId, ExpressionId, Job, Jobs, Part, RunGroup, RunTrigger, StartPart, StepsBefore, Surroundings,
    World,
};
use pipec_ir::{Pins, Platform, Right};
use pipec_logic::Proposition;
use pipec_runtime::Dialect;
use std::collections::BTreeMap;

/// A reason why a job needs its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To read the code of the run.
    Code,
    /// To read earlier runs and their approvals.
    Runs,
    /// To read earlier deployments.
    Deployments,
    /// To record what was deployed.
    RecordDeployments,
    /// To take deployments off the list.
    EndDeployments,
    /// To read which pull requests are open.
    PullRequests,
    /// To push an image to the registry of the repository.
    PushImage,
    /// To send a report to code scanning.
    CodeScanning,
    /// To prove who it is to a provider of identities.
    ProveIdentity,
    /// A clause of the source needs it.
    Clause(Right),
}

/// An output as an engine reads it, without a source.
///
/// Jobs, triggers and surroundings are plain data. The rest depends on the runs of a world.
pub trait Reading {
    /// Its keyword in the language: `github`.
    fn name(&self) -> &'static str;

    /// The words of the engine in the fixed scripts.
    fn dialect(&self) -> Dialect;

    /// The jobs, each after all its predecessors.
    fn jobs(&self) -> Vec<&Job>;

    /// Whether it ignores case when it compares names of branches and tags with literals.
    fn ignores_case(&self) -> bool;

    /// What triggers its runs, in the order of the output.
    fn triggers(&self) -> &[RunTrigger];

    /// Whether the platform has environments, given what the workspace says of it. Without them, a deploy must record
    /// itself, and all secrets are those of the repository.
    fn has_environments(&self, platform: Option<&Platform>) -> bool;

    /// What it says about all its jobs.
    fn surroundings(&self) -> &Surroundings;

    /// The group of runs that a run belongs to. `None` if runs have no groups.
    fn run_group(&self, world: &World) -> Option<RunGroup>;

    /// The parts of the start condition of the job at an index, in triggered runs. They depend on the states of the
    /// jobs before it, and on the proposition that the run was stopped by then.
    fn start(
        &self,
        place: usize,
        before: &Jobs<'_>,
        stopped: &Proposition,
        world: &World,
    ) -> Vec<StartPart<'_>>;

    /// That the condition of a step holds, after the steps before it. `None` if the engine refuses the condition.
    fn holds(
        &self,
        place: usize,
        condition: ConditionId,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition>;

    /// That an expression of this job reads as a word. `None` if the engine can't decide it.
    fn reads(
        &self,
        place: usize,
        expression: ExpressionId,
        word: &str,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition>;

    /// The proposition that an output of a job or step before is a word.
    ///
    /// `output` is an output of an earlier step of this job, or of a job that it waits for. The proposition is the one
    /// that the conditions of this job and its steps use. `None` if there is no such output.
    fn output_is(
        &self,
        place: usize,
        output: &Part,
        word: &str,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition>;

    /// The scopes of the token that a need requires, each with its level.
    fn scopes(&self, need: Need) -> &'static [(&'static str, &'static str)];

    /// Whether an image of the output is the one of the source.
    fn is_image(&self, given: &str, wanted: &str, lock: &Pins) -> bool;

    /// Whether a machine of the output runs jobs of this host. The source must have no label for it.
    fn is_machine(&self, machine: &str, host: pipec_ir::RunnerHost) -> bool;

    /// Whether `uses` calls the action that the source names `wanted`.
    fn calls(&self, uses: &str, wanted: &str, lock: &Pins) -> bool;

    /// Whether an action executes an input of this name.
    fn executes_input(&self, input: &str) -> bool;

    /// The maximum duration of a job, in minutes.
    fn longest_job(&self) -> f64;
}

/// The scopes that several needs require, each at its highest level.
pub fn scopes_of(
    engine: &dyn Reading,
    needs: impl IntoIterator<Item = Need>,
) -> BTreeMap<&'static str, &'static str> {
    let mut scopes = BTreeMap::new();
    for (scope, level) in needs.into_iter().flat_map(|need| engine.scopes(need)) {
        let known = scopes.entry(*scope).or_insert(*level);
        if *level == "write" {
            *known = level;
        }
    }
    scopes
}
