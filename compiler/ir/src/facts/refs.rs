//! The branches and tags of runs, told in the pipeline's own globs.

use super::Facts;
use super::axis::Axis;
use pipec_logic::{Proposition, TooLarge};
use std::collections::BTreeSet;

/// Branches and tags, as globs that the pipeline mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// The branches, sorted.
    pub branches: BTreeSet<String>,
    /// The tags, sorted.
    pub tags: BTreeSet<String>,
}

impl Facts {
    /// The branches and tags that some run has in which the proposition holds: exactly those where the pipeline's globs can
    /// say it, and else as few more as they can. Nothing where one of them lies in no glob.
    ///
    /// # Errors
    /// When the proposition is too large to decide.
    pub fn refs(&self, runs: &Proposition) -> Result<Option<Refs>, TooLarge> {
        let runs = self.propositions.and(&self.valid, runs);
        let globs = |axis: &Axis| -> Result<Option<BTreeSet<String>>, TooLarge> {
            let mut met = BTreeSet::new();
            for region in axis.regions() {
                let Some(variable) = axis.variable(region) else { continue };
                if self.propositions.is_compatible(&runs, &self.propositions.variable(variable))? {
                    met.insert(region);
                }
            }
            Ok(axis.cover(&met))
        };
        let (branches, tags) = (globs(&self.branches)?, globs(&self.tags)?);
        Ok(branches.zip(tags).map(|(branches, tags)| Refs { branches, tags }))
    }
}
