//! What a prover asks an engine model about an output that the model has read.

use crate::{
    ConditionId, Job, Jobs, RunGroup, RunTrigger, StartPart, StepsBefore, Surroundings, Unknown, World,
};
use pipec_ir::{Pins, Right};
use pipec_logic::Proposition;
use pipec_runtime::Dialect;
use std::collections::BTreeMap;

/// Something that a job needs its token for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To read the code of the run.
    Code,
    /// To read which runs there were, and who approved them.
    Runs,
    /// To read which deployments there were.
    Deployments,
    /// To read which pull requests are open.
    PullRequests,
    /// To push an image to the registry of the repository.
    PushImage,
    /// To send a report to code scanning.
    CodeScanning,
    /// To prove who it is to a provider of identities.
    ProveIdentity,
    /// What a clause of the source asks for.
    Clause(Right),
}

/// An output as an engine reads it, without regard to any source.
///
/// Jobs, triggers and surroundings are plain data. The rest depends on the runs of a world.
pub trait Reading {
    /// Its word in the language: `github`.
    fn name(&self) -> &'static str;

    /// The words of the engine in the fixed scripts.
    fn dialect(&self) -> Dialect;

    /// The jobs, each after all that it waits for.
    fn jobs(&self) -> Vec<&Job>;

    /// Whether it compares names of branches and tags with literals without regard to case.
    fn ignores_case(&self) -> bool;

    /// What triggers its runs, in the order of the output.
    fn triggers(&self) -> &[RunTrigger];

    /// What it says about all its jobs.
    fn surroundings(&self) -> &Surroundings;

    /// The group of runs that a run belongs to; none, if runs have no groups.
    fn run_group(&self, world: &World) -> Option<RunGroup>;

    /// The parts of what must hold for the job of this place to start, where the run is triggered: from the states of the
    /// jobs before it, and that somebody stopped the run by then.
    fn start(&self, place: usize, before: &Jobs<'_>, stopped: &Proposition, world: &World) -> Vec<StartPart>;

    /// That the condition of a step holds, after what came before it. `None` if the engine refuses the condition.
    fn holds(
        &self,
        place: usize,
        condition: ConditionId,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition>;

    /// That an unknown part of a value of this job reads as a word. `None` if the engine can't tell.
    fn reads(
        &self,
        place: usize,
        unknown: Unknown,
        word: &str,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition>;

    /// The scopes of the token that a need comes to, each with its level.
    fn scopes(&self, need: Need) -> &'static [(&'static str, &'static str)];

    /// Whether an image of the output is the one of the source.
    fn is_image(&self, given: &str, wanted: &str, lock: &Pins) -> bool;

    /// Whether a machine of the output is one that runs jobs of this host, unless the source says another label.
    fn is_machine(&self, machine: &str, host: pipec_ir::RunnerHost) -> bool;

    /// Whether `uses` calls the action that the source names `wanted`.
    fn calls(&self, uses: &str, wanted: &str, lock: &Pins) -> bool;

    /// Whether an action executes an input of this name.
    fn executes_input(&self, input: &str) -> bool;

    /// How long the engine lets a job live, in minutes.
    fn longest_job(&self) -> f64;
}

/// The scopes that several needs come to, each at its highest level.
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
