//! The table of theorems: the proof of each, and its statement after the proof.

use super::statements::{self, Stated};
use super::{
    Proof, Summary, budget, build_once, every_change_travels, facts_there, kept_caches, missed_changes,
    no_skipped_gates, one_path, overrides, promotion,
};
use pipec_base::{Code, Diagnostic};
use pipec_claims::{Theorem, TheoremId};
use pipec_ir::{Pipeline, Program};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Proves a part of a theorem across pipelines: the program, their summaries, and the findings so far.
type AcrossPipelines = fn(&Program, &[Arc<Summary>], &mut Vec<Diagnostic>);

/// A theorem of the source. It is proved if no finding has one of its codes.
pub(super) struct Entry {
    /// Its name.
    pub(super) theorem: TheoremId,
    /// Proves the part across pipelines.
    pub(super) across: Option<AcrossPipelines>,
    /// Proves the part about one pipeline. `None` if the types of the source prove it.
    pub(super) within: Option<fn(&mut Proof<'_>)>,
    /// The theorem with its parameters. Empty if the pipeline has nothing that it is about.
    state: fn(&Stated<'_>) -> Vec<Theorem>,
}

/// Every theorem of the source, in the order of proving.
pub(super) const TABLE: &[Entry] = &[
    Entry::within(TheoremId::FactsThere, facts_there::prove, statements::facts_there),
    Entry::within(TheoremId::NoSkippedGates, no_skipped_gates::prove, statements::no_skipped_gates),
    Entry::within(TheoremId::NoMissedChanges, missed_changes::prove, statements::no_missed_changes),
    Entry::within(TheoremId::OverridesApply, overrides::prove, statements::overrides_apply),
    Entry::within(TheoremId::KeptCaches, kept_caches::prove, statements::kept_caches),
    Entry {
        across: Some(one_path::across_pipelines),
        ..Entry::within(TheoremId::OnePath, one_path::prove, statements::one_path)
    },
    Entry::within(TheoremId::Promotion, promotion::prove, statements::promotion),
    Entry {
        theorem: TheoremId::HeldAlone,
        across: Some(one_path::borrowed_identities),
        within: None,
        state: statements::held_alone,
    },
    Entry::within(TheoremId::BuildOnce, build_once::prove, statements::build_once),
    Entry::within(
        TheoremId::EveryChangeTravels,
        every_change_travels::prove,
        statements::every_change_travels,
    ),
    Entry::within(TheoremId::Budget, budget::prove, statements::budget),
];

impl Entry {
    const fn within(
        theorem: TheoremId,
        prove: fn(&mut Proof<'_>),
        state: fn(&Stated<'_>) -> Vec<Theorem>,
    ) -> Entry {
        Entry { theorem, across: None, within: Some(prove), state }
    }
}

/// The theorems that hold for a pipeline, given the codes of all findings about it.
pub(super) fn proved(
    program: &Program,
    pipeline: &Pipeline,
    deployed_from: &BTreeMap<String, BTreeSet<String>>,
    refuted: &[Code],
) -> Vec<Theorem> {
    let stated = Stated::new(program, pipeline, deployed_from);
    let holds = |entry: &&Entry| !entry.theorem.codes().any(|code| refuted.contains(&code));
    TABLE.iter().filter(holds).flat_map(|entry| (entry.state)(&stated)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_claims::Subject;

    #[test]
    fn the_table_holds_every_theorem_of_the_source_once() {
        let of_source = TheoremId::ALL.iter().filter(|id| id.subject() == Subject::Source);
        let tabled: Vec<TheoremId> = TABLE.iter().map(|entry| entry.theorem).collect();
        assert_eq!(tabled, of_source.copied().collect::<Vec<_>>());
    }
}
