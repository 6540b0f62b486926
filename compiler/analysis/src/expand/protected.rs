//! Protected branches and tags: only reviewed changes reach them.

use pipec_ir::{Pipeline, Trigger};
use pipec_logic::Glob;
use pipec_syntax::ast::RefKind;

/// The `protect` clauses of a pipeline. A kind of ref without a clause keeps its default.
#[derive(Debug, Default)]
pub(super) struct Protected {
    branches: Option<Vec<Glob>>,
    tags: Option<Vec<Glob>>,
}

impl Protected {
    /// Adds a clause. A clause without a kind covers both branches and tags.
    pub(super) fn add(&mut self, only: Option<RefKind>, globs: Vec<Glob>) {
        let Protected { branches, tags } = self;
        for (kind, known) in [(RefKind::Branch, branches), (RefKind::Tag, tags)] {
            if only.is_none_or(|only| only == kind) {
                known.get_or_insert_default().extend(globs.iter().cloned());
            }
        }
    }

    /// Sets the protected refs of a pipeline. Its triggers must be known.
    pub(super) fn apply_to(self, pipeline: &mut Pipeline) {
        let triggers = pipeline.triggers.iter();
        let pushed = triggers.clone().filter_map(|trigger| match trigger {
            Trigger::Push(globs, _) => Some(globs),
            _ => None,
        });
        let tagged = triggers.filter_map(|trigger| match trigger {
            Trigger::Tag(globs, _) => Some(globs),
            _ => None,
        });
        let branches =
            self.branches.unwrap_or_else(|| pushed.flatten().filter(|it| is_specific(it)).cloned().collect());
        let tags =
            self.tags.unwrap_or_else(|| tagged.flatten().filter(|it| is_specific(it)).cloned().collect());
        pipeline.protected_branches = branches;
        pipeline.protected_tags = tags;
    }
}

/// Whether a glob of a trigger names particular refs. A glob that admits every name protects nothing: `on push to "**"`
/// says where tests run, not that every branch is reviewed.
fn is_specific(glob: &Glob) -> bool {
    glob.text().contains(|letter| !"*?/".contains(letter))
}
