//! What the passes know that make the jobs of nodes.
//!
//! The passes run in this order: the facts that are left to the plan (`planned`), the units (`units`), what the verdict
//! asks (`verdict`), and the jobs (`roles`). `conditions`, `overrides` and `waits` serve the last two.

use crate::expressive::Expressive;
use crate::planned::PlannedFacts;
use crate::source::Source;
use crate::units::Unit;
use pipec_ir::{Stage, StageId};

/// The source, and the results of the passes before.
pub(crate) struct Passes<'s, 'p> {
    pub(crate) source: &'s Source<'p>,
    pub(crate) planned: &'s PlannedFacts,
    pub(crate) units: &'s [Unit],
    pub(crate) engine: &'s dyn Expressive,
}

impl<'p> Passes<'_, 'p> {
    /// The stage of a job's node.
    pub(crate) fn stage_of(&self, unit: &Unit) -> Option<(StageId, &'p Stage)> {
        self.source.stage_of(self.source.pipeline.node(unit.node)?)
    }
}
