//! Caches: the steps that restore and save them.
//!
//! For example, the cache of `target`, keyed by `Cargo.lock`, in the node `unit` of the pipeline `ci` has the key
//!
//! ```text
//! pipec-ci/unit-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('Cargo.lock') }}
//! ```

use super::Lowering;
use crate::document::{Input, Step};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::Node;
use pipec_lowering::acts::CacheUse;

impl Lowering<'_> {
    /// Refuses names of legs that can't be part of a key.
    ///
    /// A key has at most 512 characters and no comma (actions/toolkit, `checkKey`).
    pub(super) fn check_cache_keys(&self, node: &Node) {
        const LONGEST: usize = 200;
        let Some(cache) = node.body.caches.first() else { return };
        for leg in node.legs() {
            if leg.name.contains(',') || leg.name.len() > LONGEST {
                self.error(
                    codes::P1102,
                    &cache.origin,
                    format!("the cache of the leg `{}` can't be saved under the name of the leg", leg.name),
                    "name the legs: `matrix { linux { … } mac { … } }`",
                );
            }
        }
    }
}

/// The step that restores a cache. The name is that of the node and its leg.
pub(super) fn restore(title: String, pipeline: &str, cache: &CacheUse<'_>, name: Template) -> Step {
    let key = Template::text(format!("pipec-{pipeline}/"))
        .and_template(name)
        .and_text("-")
        .and("runner.os")
        .and_text("-")
        .and("runner.arch")
        .and_text("-")
        .and(hash(cache));
    Step::uses(title, &pins::CACHE_RESTORE, vec![("path", path(cache)), ("key", Input::Text(key))])
}

/// The step that saves a cache under the key that was looked for.
pub(super) fn save(title: String, cache: &CacheUse<'_>) -> Step {
    let key = Input::Text(Template::expression(key(cache)));
    Step::uses(title, &pins::CACHE_SAVE, vec![("path", path(cache)), ("key", key)])
}

/// The condition that the key file exists.
pub(super) fn has_key(cache: &CacheUse<'_>) -> Expression {
    Expression::raw(format!("{} != ''", hash(cache)))
}

/// The conditions that a cache was looked for and not found.
pub(super) fn was_missed(cache: &CacheUse<'_>) -> [Expression; 2] {
    [
        Expression::raw(format!("{} != ''", key(cache))),
        Expression::raw(format!("steps.{}.outputs.cache-hit != 'true'", cache.id)),
    ]
}

/// The key that was looked for.
fn key(cache: &CacheUse<'_>) -> String {
    format!("steps.{}.outputs.cache-primary-key", cache.id)
}

fn path(cache: &CacheUse<'_>) -> Input {
    Input::Text(Template::text(cache.path.clone().into_owned()))
}

/// The digest of a cache's key file; empty if the file does not exist.
fn hash(cache: &CacheUse<'_>) -> String {
    format!("hashFiles('{}')", cache.key_file.replace('\'', "''"))
}
