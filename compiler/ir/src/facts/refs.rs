//! The branches and tags of runs, expressed in the pipeline's own globs.
//!
//! ```text
//! on push to main, "release/*"
//! deploy when branch is "release/*"     refs(due(deploy)): branches `release/*`, no tags
//! deploy when branch is "*/1.0"         refs(due(deploy)): branches `*/1.0`; no glob is exactly `release/1.0`, the one
//!                                                          branch that is also admitted
//! ```

use super::Facts;
use super::axis::Axis;
use pipec_logic::{Proposition, TooLarge};
use std::collections::BTreeSet;

/// Branches and tags, as globs that the vocabulary contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// The branches, sorted.
    pub branches: BTreeSet<String>,
    /// The tags, sorted.
    pub tags: BTreeSet<String>,
}

impl Facts {
    /// The branches and tags of the runs in which a proposition holds.
    ///
    /// If the globs cannot express them exactly, the result has a few more. It is `None` if no glob contains one of the
    /// names.
    ///
    /// # Errors
    /// If the proposition is too large to decide.
    pub fn refs(&self, runs: &Proposition) -> Result<Option<Refs>, TooLarge> {
        let runs = self.propositions.and(&self.valid, runs);
        let globs = |axis: &Axis| -> Result<Option<BTreeSet<String>>, TooLarge> {
            let mut possible = BTreeSet::new();
            for region in axis.regions() {
                let Some(variable) = axis.variable(region) else { continue };
                if self.propositions.is_compatible(&runs, &self.propositions.variable(variable))? {
                    possible.insert(region);
                }
            }
            Ok(axis.cover(&possible))
        };
        let (branches, tags) = (globs(&self.branches)?, globs(&self.tags)?);
        Ok(branches.zip(tags).map(|(branches, tags)| Refs { branches, tags }))
    }
}
