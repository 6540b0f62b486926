//! Caches: restored before the scripts, and saved after them.
//!
//! The key is exact. Only runs of reviewed code save a cache, and runs of tags don't.
//!
//! For example, `cache "node_modules" keyed by "package-lock.json"` in a node with the directory `web` becomes
//!
//! ```text
//! restore   web/node_modules, keyed by web/package-lock.json
//! …
//! save      the same, in pushes, schedules and manual runs
//! ```

use crate::acts::{Act, CacheUse, Does, directory};
use crate::guard::Guard;
use crate::legs::name_with_leg;
use crate::passes::Passes;
use pipec_ir::{Cache, Event, Node};
use std::borrow::Cow;

/// The acts that restore the caches of a node.
pub(crate) fn restore(node: &Node) -> impl Iterator<Item = Act<'_>> {
    used(node).map(|(clause, cache)| {
        let (title, id) = (format!("Fetch the cache of {}", clause.path), cache.id.clone());
        Act::new(title, Does::RestoreCache(cache)).with_id(id)
    })
}

/// The caches of a node, each with its clause.
fn used(node: &Node) -> impl Iterator<Item = (&Cache, CacheUse<'_>)> {
    node.body.caches.iter().enumerate().map(|(place, cache)| {
        let used = CacheUse {
            id: if place == 0 { "cache".to_owned() } else { format!("cache-{}", place + 1) },
            path: placed(node, &cache.path),
            key_file: placed(node, &cache.key_file),
            name: name_with_leg(node),
        };
        (cache, used)
    })
}

/// A path of a node, relative to the checkout. A path in the home folder stays as it is.
fn placed<'p>(node: &Node, path: &'p str) -> Cow<'p, str> {
    match directory(node) {
        Some(directory) if !path.starts_with("~/") => Cow::Owned(format!("{directory}/{path}")),
        _ => Cow::Borrowed(path),
    }
}

impl<'p> Passes<'_, 'p> {
    /// The acts that save the caches of a node after everything before has succeeded.
    pub(crate) fn save(&self, node: &'p Node, unless_exempt: &Guard) -> Vec<Act<'p>> {
        let events = [Event::Push, Event::Schedule, Event::Manual];
        let writes = Guard::any(events.map(|event| self.event(event)));
        if writes == Guard::Never {
            return Vec::new();
        }
        let act = |(clause, cache): (&Cache, CacheUse<'p>)| {
            let title = format!("Keep the cache of {}", clause.path);
            Act::new(title, Does::SaveCache(cache, writes.clone())).when(unless_exempt.clone())
        };
        used(node).map(act).collect()
    }
}
