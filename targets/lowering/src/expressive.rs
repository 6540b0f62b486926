//! The decisions of an engine without the `plan` job.

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

/// An emitter's answers about its engine.
///
/// For example, GitHub compares names without regard to case. So it answers `branch is main` with
/// [`Decision::ByTheEngine`] if the triggers admit no other spelling of `main`, and else with [`Decision::ByThePlan`].
pub trait Expressive {
    /// How the engine decides an atom. It is an event, a branch, a tag, an input or a fork.
    fn decision(&self, atom: &Condition) -> Decision;
}
