//! What a prover asks an engine model about an output that the model has read.

use crate::{ConditionId, Finding, Job, Jobs, Questions, Source, StartPart, StepsBefore, Unknown, World};
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

/// An output as an engine reads it. Everything that is plain data is in [`Reading::jobs`]; the rest depends on the runs.
pub trait Reading {
    /// Its word in the language: `github`.
    fn name(&self) -> &'static str;

    /// The words of the engine in the fixed scripts.
    fn dialect(&self) -> Dialect;

    /// The jobs, each after all that it waits for.
    fn jobs(&self) -> Vec<&Job>;

    /// The questions that it is likely to ask about the names of runs.
    fn likely_questions(&self, source: &Source<'_>) -> Questions;

    /// That a run is triggered, and every trigger that is not the source's.
    fn triggered(&self, world: &World, source: &Source<'_>) -> (Proposition, Vec<Finding>);

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

    /// Every difference of what stands around the jobs: how runs replace each other, the shell, the name. `kept` are the runs
    /// that must be neither dropped nor cancelled.
    fn surroundings(&self, world: &World, source: &Source<'_>, kept: &Proposition) -> Vec<Finding>;

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
