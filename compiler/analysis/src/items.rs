//! The checks of single declarations, which a session remembers: duplicates in lists, and whether there are allowances.

use crate::{Module, allowance, repeats};
use pipec_base::kept::{Kept, Same};
use pipec_base::{Diagnostic, Revision, Sources};
use pipec_syntax::ast::{Clause, Declaration, File};
use std::sync::Arc;

/// A declaration as one reading saw it: the revision of that reading, and the declaration's first byte.
type ItemId = (Revision, u32);

/// The remembered declarations of a session: those of each file together, and those of the last edited files one by one.
#[derive(Debug, Default)]
pub(crate) struct Items {
    files: Kept<Same<File>, Arc<Known>>,
    known: Kept<ItemId, Arc<Known>>,
}

/// Adds the duplicates in the declarations of a workspace.
pub(crate) fn repeats(
    workspace: &[Module<'_>],
    sources: &Sources,
    mut items: Option<&mut Items>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for module in workspace {
        match items.as_deref_mut() {
            Some(items) => diagnostics.extend_from_slice(&items.of(module.tree, sources).repeats),
            None => {
                for item in &module.tree.items {
                    diagnostics.append(&mut repeats::in_declaration(&item.kind, sources));
                }
            }
        }
    }
}

/// The results about one declaration, or all declarations of a file.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Its duplicates.
    repeats: Vec<Diagnostic>,
    /// Whether it allows a finding somewhere.
    pub(crate) allows: bool,
}

impl Items {
    /// The results about the declarations of a file.
    pub(crate) fn of(&mut self, file: &Arc<File>, sources: &Sources) -> Arc<Known> {
        let key = Same::of(file);
        if let Some(known) = self.files.get(&key) {
            return known;
        }
        let mut all = Known::default();
        for item in &file.items {
            let known = self.known(item, sources);
            all.repeats.extend_from_slice(&known.repeats);
            all.allows |= known.allows;
        }
        let all = Arc::new(all);
        self.files.insert(key, all.clone());
        all
    }

    fn known(&mut self, item: &Clause<Declaration>, sources: &Sources) -> Arc<Known> {
        let id = (sources.revision(item.span.anchor), item.span.start);
        self.known.get_or_insert_with(id, || {
            let repeats = repeats::in_declaration(&item.kind, sources);
            Arc::new(Known { repeats, allows: allowance::is_in(item) })
        })
    }

    pub(crate) fn forget_unused(&mut self) {
        self.files.forget_unused();
        self.known.forget_unused();
    }
}
