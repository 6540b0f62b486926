//! Caches: each has a key of its node.
//!
//! Only runs of reviewed code without a tag save it. No deploy restores it, and no job that may write or reads secrets.
//!
//! ```yaml
//! - name: Fetch the cache of target      # in the node `app`: cache "target" keyed by "Cargo.lock"
//!   id: cache
//!   uses: actions/cache/restore@27d5ce7f107fe9357f9df03efb73ab90386fccae
//!   with:
//!     path: target
//!     key: pipec-cached/unit-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('Cargo.lock') }}
//! # the key is that of `unit`, a finding: "its caches are not those of the source"
//! ```

use super::attempts::first;
use super::{Check, Kind};
use pipec_ir::{Cache, Event};
use pipec_logic::Proposition;
use pipec_model::{Cached, Does, Part, Step, Value};

impl Check<'_, '_, '_> {
    /// The runs that may save a cache. A platform may offer a pull request's cache to its own runs only, but a merge
    /// would have to trust that. Releases are made from tags.
    pub(super) fn may_keep(&self) -> Proposition {
        let facts = &self.gating.world.facts;
        let logic = self.gating.world.logic();
        logic.and_not(&facts.trusted(), &facts.event(Event::Tag))
    }

    /// Proves that each cache of the source is restored and saved, and no other.
    pub(super) fn caches(&mut self, kinds: &[Kind]) {
        let caches = &self.node.body.caches;
        let of_kind = |wanted: Kind, kinds: &[Kind]| -> Vec<&Step> {
            let steps = kinds.iter().zip(self.steps());
            steps.filter(|(kind, _)| **kind == wanted).map(|(_, step)| step).collect()
        };
        let (fetched, kept) = (of_kind(Kind::RestoreCache, first(kinds)), of_kind(Kind::SaveCache, kinds));
        if caches.is_empty() && fetched.is_empty() && kept.is_empty() {
            return;
        }
        let node = match self.name {
            Some(leg) => format!("{}.{leg}", self.node.name),
            None => self.node.name.clone(),
        };
        let of_node = Value::literal(format!("pipec-{}/{node}-", self.gating.pipeline.name))
            .and(Part::MachineSystem)
            .and_literal("-")
            .and(Part::MachineArchitecture)
            .and_literal("-");
        let is_fetched = |(step, cache): (&&Step, &Cache)| {
            let file = Part::HashOfFiles(self.placed(&cache.key_file));
            let wanted = Cached { path: Some(self.placed(&cache.path)), key: of_node.clone().and(file) };
            step.id.is_some() && step.does == Does::RestoreCache(wanted)
        };
        let is_kept = |((step, fetched), cache): ((&&Step, &&Step), &Cache)| {
            let id = fetched.id.clone().unwrap_or_default();
            let key = Value::of([Part::CacheKeyOf(id)]);
            step.does == Does::SaveCache(Cached { path: Some(self.placed(&cache.path)), key })
        };
        let same = fetched.len() == caches.len() && fetched.iter().zip(caches).all(is_fetched);
        let logic = self.gating.world.logic();
        let never = match self.gating.jobs.get(self.job.id.as_str()) {
            Some(state) => {
                let start = state.start(self.gating.world);
                !logic.is_compatible(start, &self.may_keep()).unwrap_or(true)
            }
            None => false,
        };
        let same_kept = if kept.is_empty() {
            never
        } else {
            kept.len() == caches.len() && kept.iter().zip(&fetched).zip(caches).all(is_kept)
        };
        if !same || !same_kept {
            self.differs("its caches are not those of the source", self.job.line);
        }
        let deploys = self.node.is_deploy() || self.job.environment.is_some();
        let has_authority = !self.node.body.rights.is_empty()
            || self.gating.program.identities_of(self.node).next().is_some()
            || self.gating.program.secrets_of(self.node).next().is_some()
            || self.node.image().is_some();
        if self.job.may_write() || self.job.mentions.reads_secrets || deploys || has_authority {
            self.differs("it reads a cache, though it has rights or secrets, or deploys", self.job.line);
        }
    }

    /// A path in the node's directory, relative to the checkout. A path below the home folder stays as it is.
    fn placed(&self, path: &str) -> String {
        match &self.node.body.directory {
            Some((directory, _)) if !path.starts_with("~/") => format!("{directory}/{path}"),
            _ => path.to_owned(),
        }
    }
}
