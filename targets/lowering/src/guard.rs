//! Guards: when a job or an act is due.
//!
//! Each engine renders this data in its own language. For example, `when branch is main and not changed docs` becomes
//!
//! ```text
//! All([Atom(branch is main), Not(Planned("changed-docs"))])
//! ```
//!
//! which GitHub renders as
//!
//! ```yaml
//! if: ${{ github.ref == 'refs/heads/main' && needs.plan.outputs.changed-docs != 'true' }}
//! ```

use pipec_ir::Condition;
use std::rc::Rc;

/// A condition of a job or an act.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// In every run.
    Always,
    /// In no run.
    Never,
    /// An atom that the engine decides itself. It is an event, a branch, a tag, an input or a fork.
    Atom(Condition),
    /// The `plan` job found that the fact at this place holds.
    Planned(usize),
    /// The `plan` job found that the fact at this place does not hold.
    ///
    /// If the plan has found nothing, neither this nor [`Guard::Planned`] holds.
    PlannedNot(usize),
    /// The job of this name has succeeded.
    Succeeded(Rc<str>),
    /// The job of this name has failed.
    Failed(Rc<str>),
    /// The run is an override of the gate of this name.
    Overrides(String),
    /// The run is the regular search for previews that were not torn down.
    Sweep,
    /// A pull request of a member was closed.
    ClosedByMember,
    /// A job found something to tear down.
    Found(String),
    /// The act of this name in the same job found something to tear down.
    FoundAct(String),
    /// The act of this name in the same job has set this output to `true`.
    Said(String, &'static str),
    /// Nobody has cancelled the run. An act may happen even after another has failed.
    NotCancelled,
    /// Whatever became of the acts before, and also after the run was cancelled.
    Whatever,
    /// An earlier act has failed, or the run was cancelled.
    Broken,
    /// One of the jobs that it waits for has failed.
    SomeFailed,
    /// One of the jobs that it waits for was cancelled, or ran out of its time.
    SomeCancelled,
    /// An act before has failed.
    FailedBefore,
    /// The run was cancelled, or the job ran out of its time.
    Cancelled,
    /// The act of this name in the same job has succeeded.
    SucceededAct(String),
    /// The act of this name in the same job has failed. Its job may continue.
    FailedAct(String),
    /// The act of this name in the same job was skipped.
    SkippedAct(String),
    /// All of at least two hold.
    All(Vec<Guard>),
    /// One or more of at least two hold.
    Any(Vec<Guard>),
    /// It does not hold.
    Not(Box<Guard>),
}

impl Guard {
    /// The guard that the act of this name has succeeded.
    pub(crate) fn succeeded_act(act: &str) -> Guard {
        Guard::SucceededAct(act.to_owned())
    }

    /// The guard that the act of this name has failed.
    pub(crate) fn failed_act(act: &str) -> Guard {
        Guard::FailedAct(act.to_owned())
    }

    /// The guard that all parts hold. Parts that are known to hold are left out.
    pub fn all(parts: impl IntoIterator<Item = Guard>) -> Guard {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Guard::Always => {}
                Guard::Never => return Guard::Never,
                Guard::All(inner) => inner.into_iter().for_each(|part| add(&mut kept, part)),
                part => add(&mut kept, part),
            }
        }
        one_of(kept, Guard::Always, Guard::All)
    }

    /// The guard that some part holds. Parts that are known not to hold are left out.
    pub fn any(parts: impl IntoIterator<Item = Guard>) -> Guard {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Guard::Never => {}
                Guard::Always => return Guard::Always,
                Guard::Any(inner) => inner.into_iter().for_each(|part| add(&mut kept, part)),
                part => add(&mut kept, part),
            }
        }
        one_of(kept, Guard::Never, Guard::Any)
    }

    /// The negation.
    pub fn negated(self) -> Guard {
        match self {
            Guard::Always => Guard::Never,
            Guard::Never => Guard::Always,
            Guard::Not(inner) => *inner,
            other => Guard::Not(Box::new(other)),
        }
    }

    /// Whether a part of it depends on the `plan` job.
    pub fn asks_the_plan(&self) -> bool {
        match self {
            Guard::Planned(_) | Guard::PlannedNot(_) => true,
            Guard::All(parts) | Guard::Any(parts) => parts.iter().any(Guard::asks_the_plan),
            Guard::Not(part) => part.asks_the_plan(),
            _ => false,
        }
    }
}

impl Guard {
    /// The part of the guard that is known before the plan has run.
    ///
    /// It holds whenever the whole guard may still hold.
    pub(crate) fn before_the_plan(&self) -> Guard {
        self.bound(true)
    }

    /// The part of the guard that depends on the plan.
    ///
    /// Together with [`Guard::before_the_plan`] it equals the guard.
    pub(crate) fn after_the_plan(&self) -> Guard {
        match self {
            Guard::All(parts) => Guard::all(parts.iter().map(Guard::after_the_plan)),
            part if part.asks_the_plan() => part.clone(),
            _ => Guard::Always,
        }
    }

    /// The closest guard without planned facts: implied by this one (upper), or implying it.
    fn bound(&self, is_upper: bool) -> Guard {
        match self {
            Guard::Planned(_) | Guard::PlannedNot(_) if is_upper => Guard::Always,
            Guard::Planned(_) | Guard::PlannedNot(_) => Guard::Never,
            Guard::All(parts) => Guard::all(parts.iter().map(|part| part.bound(is_upper))),
            Guard::Any(parts) => Guard::any(parts.iter().map(|part| part.bound(is_upper))),
            Guard::Not(part) => part.bound(!is_upper).negated(),
            known => known.clone(),
        }
    }
}

/// Adds a part unless it is there already.
fn add(kept: &mut Vec<Guard>, part: Guard) {
    if !kept.contains(&part) {
        kept.push(part);
    }
}

/// The parts as one guard. It is `none` without parts, and a single part stays itself.
fn one_of(mut parts: Vec<Guard>, none: Guard, several: fn(Vec<Guard>) -> Guard) -> Guard {
    match parts.pop() {
        None => none,
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fork() -> Guard {
        Guard::Atom(Condition::Fork)
    }

    #[test]
    fn decided_parts_are_left_out() {
        assert_eq!(Guard::all([Guard::Always, fork()]), fork());
        assert_eq!(Guard::any([Guard::Always, fork()]), Guard::Always);
        assert_eq!(Guard::all([fork(), Guard::Never]), Guard::Never);
        assert_eq!(Guard::any([]), Guard::Never);
        assert_eq!(Guard::all([fork(), fork()]), fork());
        assert_eq!(fork().negated().negated(), fork());
    }

    #[test]
    fn a_guard_is_split_into_what_is_known_before_the_plan_and_what_is_not() {
        let changed = || Guard::Planned(0);
        let both = Guard::all([fork(), changed()]);
        assert_eq!((both.before_the_plan(), both.after_the_plan()), (fork(), changed()));
        let either = Guard::any([fork(), changed()]);
        assert_eq!((either.before_the_plan(), either.after_the_plan()), (Guard::Always, either.clone()));
        let neither = Guard::any([fork(), changed()]).negated();
        assert_eq!(
            (neither.before_the_plan(), neither.after_the_plan()),
            (fork().negated(), neither.clone())
        );
        assert_eq!((fork().before_the_plan(), fork().after_the_plan()), (fork(), Guard::Always));
    }

    #[test]
    fn nested_parts_are_flattened() {
        let planned = Guard::all([Guard::Planned(0), Guard::Planned(1)]);
        let whole = Guard::all([fork(), planned]);
        assert_eq!(whole, Guard::All(vec![fork(), Guard::Planned(0), Guard::Planned(1)]));
        assert!(whole.negated().asks_the_plan());
    }
}
