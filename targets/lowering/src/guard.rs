//! When a job or an act is due, as data that each engine renders in its own language.
//!
//! For example, `when branch is main and not changed docs` becomes
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

/// A condition of a job or an act; the functions here leave out what is decided already.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// In every run.
    Always,
    /// In no run.
    Never,
    /// An atom that the engine decides by itself: an event, a branch, a tag, an input or a fork.
    Atom(Condition),
    /// The `plan` job found that this fact holds; it is the place of the fact in the planned facts.
    Planned(usize),
    /// The `plan` job found that this fact does not hold. If there is no plan, nobody knows, and this does not hold.
    PlannedNot(usize),
    /// The job of this name has succeeded.
    Succeeded(String),
    /// The job of this name has failed.
    Failed(String),
    /// The run is an override of the gate of this name.
    Overrides(String),
    /// The run looks for what was to be torn down long ago.
    Sweep,
    /// A pull request of this repository's own members was closed.
    ClosedByMember,
    /// A job found something to tear down.
    Found(String),
    /// Nobody has cancelled the run; of an act, even if an act before it has failed.
    NotCancelled,
    /// An act before has failed, or the run was cancelled.
    Broken,
    /// The act of this name in the same job has succeeded.
    SucceededAct(String),
    /// The act of this name in the same job has failed, whether or not its job goes on.
    FailedAct(String),
    /// The act of this name in the same job was skipped.
    SkippedAct(String),
    /// All hold; at least two.
    All(Vec<Guard>),
    /// Some hold; at least two.
    Any(Vec<Guard>),
    /// It does not hold.
    Not(Box<Guard>),
}

impl Guard {
    /// That the act of this name has succeeded.
    pub(crate) fn succeeded_act(act: &str) -> Guard {
        Guard::SucceededAct(act.to_owned())
    }

    /// That the act of this name has failed.
    pub(crate) fn failed_act(act: &str) -> Guard {
        Guard::FailedAct(act.to_owned())
    }

    /// All of them.
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

    /// Some of them.
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

    /// Its opposite.
    pub fn negated(self) -> Guard {
        match self {
            Guard::Always => Guard::Never,
            Guard::Never => Guard::Always,
            Guard::Not(inner) => *inner,
            other => Guard::Not(Box::new(other)),
        }
    }

    /// Whether the `plan` job decides a part of it.
    pub fn asks_the_plan(&self) -> bool {
        match self {
            Guard::Planned(_) | Guard::PlannedNot(_) => true,
            Guard::All(parts) | Guard::Any(parts) => parts.iter().any(Guard::asks_the_plan),
            Guard::Not(part) => part.asks_the_plan(),
            _ => false,
        }
    }
}

/// Adds a part that is not there yet.
fn add(kept: &mut Vec<Guard>, part: Guard) {
    if !kept.contains(&part) {
        kept.push(part);
    }
}

/// The parts together; the only part by itself; `none` if there is no part.
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
    fn nested_parts_are_flattened() {
        let planned = Guard::all([Guard::Planned(0), Guard::Planned(1)]);
        let whole = Guard::all([fork(), planned]);
        assert_eq!(whole, Guard::All(vec![fork(), Guard::Planned(0), Guard::Planned(1)]));
        assert!(whole.negated().asks_the_plan());
    }
}
