//! The state that the passes share.
//!
//! The passes run in this order: the facts for the plan (`planned`), the units (`units`), the checks of the verdict
//! (`verdict`), and the jobs (`roles`). The last two use `conditions`, `overrides` and `waits`.

use crate::expressive::Expressive;
use crate::planned::PlannedFacts;
use crate::source::Source;
use crate::units::Unit;
use pipec_ir::{Stage, StageId};

/// The source, and the results of the earlier passes.
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
