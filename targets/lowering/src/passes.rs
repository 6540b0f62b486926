//! What the passes over a pipeline share.
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
    /// What texts mean in its jobs.
    pub(crate) fn texts(&self) -> Texts<'_, 'p> {
        Texts { source: self.source, units: self.units }
    }

    /// The stage of a job's node.
    pub(crate) fn stage_of(&self, unit: &Unit) -> Option<(StageId, &'p Stage)> {
        self.source.stage_of(self.source.pipeline.node(unit.node)?)
    }
}

/// What the texts of the source mean in a job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'s, 'p> {
    /// The source.
    pub(crate) source: &'s Source<'p>,
    /// The jobs of all nodes.
    pub(crate) units: &'s [Unit],
}
