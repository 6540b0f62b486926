//! Caches: the steps that restore and save them.
//!
//! For example, the cache of `target`, keyed by `Cargo.lock`, in the node `unit` of the pipeline `ci` has the key
//!
//! ```text
//! pipec-ci/unit-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('Cargo.lock') }}
//! ```

use crate::document::{Input, Step};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_lowering::acts::CacheUse;

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
