//! The checks of single declarations, which a session remembers: duplicates in lists, and whether there are allowances.

use crate::{Module, allowance, repeats};
use pipec_base::kept::Kept;
use pipec_base::{Diagnostic, Revision, Sources};
use pipec_syntax::ast::{Clause, Declaration};
use std::sync::Arc;

/// A declaration as one reading saw it: the revision of that reading, and the declaration's first byte.
type ItemId = (Revision, u32);

/// The remembered declarations of a session.
#[derive(Debug, Default)]
pub(crate) struct Items {
    known: Kept<ItemId, Arc<Known>>,
}

/// Adds the duplicates in the declarations of a workspace.
pub(crate) fn repeats(
    workspace: &[Module<'_>],
    sources: &Sources,
    mut items: Option<&mut Items>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for item in workspace.iter().flat_map(|module| &module.tree.items) {
        match items.as_deref_mut() {
            Some(items) => diagnostics.extend_from_slice(&items.known(item, sources).repeats),
            None => diagnostics.append(&mut repeats::in_declaration(&item.kind, sources)),
        }
    }
}

/// The results about one declaration.
#[derive(Debug)]
struct Known {
    /// Its duplicates.
    repeats: Vec<Diagnostic>,
    /// Whether it allows a finding somewhere.
    allows: bool,
}

impl Items {
    /// Whether a declaration allows a finding somewhere.
    pub(crate) fn allows(&mut self, item: &Clause<Declaration>, sources: &Sources) -> bool {
        self.known(item, sources).allows
    }

    fn known(&mut self, item: &Clause<Declaration>, sources: &Sources) -> Arc<Known> {
        let id = (sources.revision(item.span.anchor), item.span.start);
        self.known.get_or_insert_with(id, || {
            let repeats = repeats::in_declaration(&item.kind, sources);
            Arc::new(Known { repeats, allows: allowance::is_in(item) })
        })
    }

    pub(crate) fn forget_unused(&mut self) {
        self.known.forget_unused();
    }
}
