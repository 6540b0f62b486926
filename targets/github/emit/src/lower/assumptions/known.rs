//! The facts of pipelines, each built once.
//!
//! Which branches and tags an environment admits depends on all pipelines that enter it. So each environment asks for the
//! facts of several pipelines, and most pipelines are asked for by several environments.

use pipec_ir::Pipeline;
use pipec_ir::facts::SourceFacts;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The facts that were built before, by the name of the pipeline.
///
/// There are none if they are too large to be decided.
pub(super) struct KnownFacts<'p> {
    facts: RefCell<BTreeMap<&'p str, Option<SourceFacts<'p>>>>,
}

impl<'p> KnownFacts<'p> {
    /// The facts of a pipeline, if they are known.
    pub(super) fn of(pipeline: &'p Pipeline, facts: Option<SourceFacts<'p>>) -> KnownFacts<'p> {
        let known = facts.map(|facts| (pipeline.name.as_str(), Some(facts)));
        KnownFacts { facts: RefCell::new(known.into_iter().collect()) }
    }

    /// The answer of a pipeline's facts to a question.
    ///
    /// The question gets none if they are too large to be decided.
    pub(super) fn ask<T>(
        &self,
        pipeline: &'p Pipeline,
        question: impl FnOnce(Option<&SourceFacts<'p>>) -> T,
    ) -> T {
        let mut facts = self.facts.borrow_mut();
        let own = facts.entry(&pipeline.name).or_insert_with(|| SourceFacts::of(pipeline).ok());
        question(own.as_ref())
    }
}
