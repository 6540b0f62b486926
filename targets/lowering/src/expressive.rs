//! What an emitter says about its engine.
//!
//! For example, GitHub compares names without regard to case. If the triggers admit no other spelling of `main`, the answer
//! for `branch is main` is [`Decision::ByTheEngine`], and the job gets the guard `Atom(branch is main)`. Else it is
//! [`Decision::ByThePlan`], and the guard is `Planned(0)`: the fact `branch-is-main` of the plan.

use crate::value::RunFact;
use pipec_ir::Condition;

/// How an engine decides an atom of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It has this value in every run that the engine starts.
    Known(bool),
    /// The engine's own conditions decide exactly that.
    ByTheEngine,
    /// Only the `plan` job can decide it.
    ByThePlan,
}

/// When an engine decides whether a job exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedWhen {
    /// Before any job has run: the findings of the `plan` job come too late.
    BeforeAnyJob,
    /// After the jobs that it waits for, whose findings its condition may read.
    AfterItsWaits,
}

/// What an emitter must answer about its engine.
pub trait Expressive {
    /// The name by which sources know the engine, as in `engine github { … }`.
    fn name(&self) -> &'static str;

    /// When the engine decides whether a job exists.
    fn decides_when(&self) -> DecidedWhen;

    /// Whether the engine lacks a fact, so that an act must work it out.
    fn works_out(&self, fact: RunFact) -> bool;

    /// Whether the platform has environments: with their own secrets, and a record of what was deployed there.
    fn has_environments(&self) -> bool;

    /// How the engine decides an event, a branch, a tag, an input or a fork. It is asked about no other atom.
    fn decision(&self, atom: &Condition) -> Decision;
}
