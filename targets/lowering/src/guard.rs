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

/// A condition of a job or an act. The functions here leave out decided parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// In every run.
    Always,
    /// In no run.
    Never,
    /// An atom that the engine decides itself. It is an event, a branch, a tag, an input or a fork.
    Atom(Condition),
    /// The `plan` job decided that this fact holds. The number is the index of the planned fact.
    Planned(usize),
    /// The `plan` job decided that this fact does not hold. Without a plan, this does not hold.
    PlannedNot(usize),
    /// The job of this name has succeeded.
    Succeeded(String),
    /// The job of this name has failed.
    Failed(String),
    /// The run is an override of the gate of this name.
    Overrides(String),
    /// The run is a sweep: it searches for forgotten previews.
    Sweep,
    /// A pull request of a member was closed.
    ClosedByMember,
    /// A job found something to tear down.
    Found(String),
    /// The run is not cancelled. Of an act, this holds even after a failed act.
    NotCancelled,
    /// An earlier act has failed, or the run was cancelled.
    Broken,
    /// The act of this name in the same job has succeeded.
    SucceededAct(String),
    /// The act of this name in the same job has failed. Its job may continue.
    FailedAct(String),
    /// The act of this name in the same job was skipped.
    SkippedAct(String),
    /// All parts hold. There are at least two.
    All(Vec<Guard>),
    /// At least one part holds. There are at least two.
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

    /// The conjunction of the parts.
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

    /// The disjunction of the parts.
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

/// Adds a part, if it is new.
fn add(kept: &mut Vec<Guard>, part: Guard) {
    if !kept.contains(&part) {
        kept.push(part);
    }
}

/// Combines the parts. A single part stays as it is, and no part gives `none`.
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
