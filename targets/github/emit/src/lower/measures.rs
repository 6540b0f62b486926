//! Measures that GitHub's outputs can't have yet.

use super::Lowering;
use pipec_ir::{Basis, Node};

impl Lowering<'_> {
    /// Refuses expectations that a single value of a report can't meet.
    pub(super) fn refuse_measures(&self, node: &Node) {
        let rows = node.body.measures.iter().flat_map(|measure| &measure.expectations);
        for row in rows {
            let what = match row.basis {
                Basis::Value => continue,
                Basis::Samples => "`samples … confidence`",
                Basis::Drop => "`drop … vs`",
            };
            self.refuse(what, &row.origin);
        }
    }
}
