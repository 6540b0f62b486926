//! Conditions whose names are handles of a vocabulary.
//!
//! ```text
//! when branch is "release/*" and not changed docs
//!
//! resolved:     All [Branch(BranchId 1), Not(Changed [Kind(KindId 0)])]
//! proposition:  branch₁ ∧ ¬(unknown ∨ path₀ ∨ path₂), where regions 0 and 2 of the paths are `docs`
//! ```

use super::Facts;
use super::vocabulary::{BranchId, InputValueId, KindId, PathsId, TagId, Vocabulary};
use crate::{Change, Condition, Event};
use pipec_logic::Proposition;

/// A condition whose names are handles. Facts over the same vocabulary can decide it.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolvedCondition {
    /// Always.
    Always,
    /// Every part holds.
    All(Vec<ResolvedCondition>),
    /// At least one part holds.
    Any(Vec<ResolvedCondition>),
    /// The part does not hold.
    Not(Box<ResolvedCondition>),
    /// The event started the run.
    Event(Event),
    /// The branch is one of these.
    Branch(BranchId),
    /// The tag is one of these.
    Tag(TagId),
    /// A change of one of these may have happened.
    Changed(Vec<ChangeId>),
    /// The input has this value.
    Input(InputValueId),
    /// The run is for a pull request from another repository or by a bot.
    Fork,
}

/// A change that a vocabulary distinguishes: a kind, or a set of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeId {
    /// A kind of change.
    Kind(KindId),
    /// A change of these paths.
    Paths(PathsId),
}

impl Vocabulary {
    /// Adds all names in a condition.
    pub fn add_condition(&mut self, condition: &Condition) -> ResolvedCondition {
        let mut each = |parts: &[Condition]| -> Vec<ResolvedCondition> {
            parts.iter().map(|part| self.add_condition(part)).collect()
        };
        match condition {
            Condition::Always => ResolvedCondition::Always,
            Condition::All(parts) => ResolvedCondition::All(each(parts)),
            Condition::Any(parts) => ResolvedCondition::Any(each(parts)),
            Condition::Not(part) => ResolvedCondition::Not(Box::new(self.add_condition(part))),
            Condition::Event(event) => ResolvedCondition::Event(*event),
            Condition::Branch(glob) => ResolvedCondition::Branch(self.add_branch(glob)),
            Condition::Tag(glob) => ResolvedCondition::Tag(self.add_tag(glob)),
            Condition::Changed(changes) => ResolvedCondition::Changed(self.add_changes(changes)),
            Condition::Input { name, value } => ResolvedCondition::Input(self.add_input_value(name, value)),
            Condition::Fork => ResolvedCondition::Fork,
        }
    }

    /// Adds the kinds and globs of a list of changes.
    pub fn add_changes(&mut self, changes: &[Change]) -> Vec<ChangeId> {
        let add = |change: &Change| match change {
            Change::Kind(kind) => ChangeId::Kind(self.add_kind(kind)),
            Change::Glob(glob) => ChangeId::Paths(self.add_paths(glob)),
        };
        changes.iter().map(add).collect()
    }
}

impl Facts {
    /// That a condition holds.
    pub fn condition(&self, condition: &ResolvedCondition) -> Proposition {
        let each = |parts: &[ResolvedCondition]| -> Vec<Proposition> {
            parts.iter().map(|part| self.condition(part)).collect()
        };
        match condition {
            ResolvedCondition::Always => self.propositions.truth(),
            ResolvedCondition::All(parts) => self.propositions.all(&each(parts)),
            ResolvedCondition::Any(parts) => self.propositions.any(&each(parts)),
            ResolvedCondition::Not(part) => self.propositions.not(&self.condition(part)),
            ResolvedCondition::Event(event) => self.event(*event),
            ResolvedCondition::Branch(names) => self.branch(*names),
            ResolvedCondition::Tag(names) => self.tag(*names),
            ResolvedCondition::Changed(changes) => self.changed(changes),
            ResolvedCondition::Input(value) => self.input(*value),
            ResolvedCondition::Fork => self.fork(),
        }
    }
}
