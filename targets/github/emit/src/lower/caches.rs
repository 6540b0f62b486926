//! Caches: fetched by an exact key before anything else, and kept only by runs of reviewed code that are of no tag.

use super::{Lowering, matrix};
use crate::document::{Input, Step};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Cache, Event, Node};

impl Lowering<'_> {
    /// The steps that fetch the caches of a node, where the files that they are keyed by are there.
    pub(super) fn restore_steps(&self, node: &Node) -> Vec<Step> {
        let step = |(place, cache): (usize, &Cache)| {
            let hash = hash(node, cache);
            let key = Template::text(format!("pipec-{}/", self.pipeline.name))
                .and_template(matrix::name_with_leg(node))
                .and_text("-")
                .and("runner.os")
                .and_text("-")
                .and("runner.arch")
                .and_text("-")
                .and(hash.clone());
            let inputs = vec![("path", path(node, cache)), ("key", Input::Text(key))];
            let mut step =
                Step::uses(format!("Fetch the cache of {}", cache.path), &pins::CACHE_RESTORE, inputs);
            step.condition = Some(Expression::raw(format!("{hash} != ''")));
            step.with_id(id(place))
        };
        node.body.caches.iter().enumerate().map(step).collect()
    }

    /// A key of GitHub's is of 512 characters at most and has no comma (actions/toolkit, `checkKey`).
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

    /// The steps that keep them once all is well. What a pull request or a tag would write is not kept.
    pub(super) fn save_steps(&self, node: &Node, condition: Option<&Expression>) -> Vec<Step> {
        if node.body.caches.is_empty() {
            return Vec::new();
        }
        let events = [Event::Push, Event::Schedule, Event::Manual];
        let writes = Expression::any(events.map(|event| self.expressions.event(event)));
        if writes == Expression::Constant(false) {
            return Vec::new();
        }
        let step = |(place, cache): (usize, &Cache)| {
            let id = id(place);
            let key = format!("steps.{id}.outputs.cache-primary-key");
            let missed = [
                Expression::raw(format!("{key} != ''")),
                Expression::raw(format!("steps.{id}.outputs.cache-hit != 'true'")),
            ];
            let inputs = vec![("path", path(node, cache)), ("key", Input::Text(Template::expression(key)))];
            let mut step = Step::uses(format!("Keep the cache of {}", cache.path), &pins::CACHE_SAVE, inputs);
            let all = condition.cloned().into_iter().chain(missed).chain([writes.clone()]);
            step.condition = Some(Expression::all(all));
            step
        };
        node.body.caches.iter().enumerate().map(step).collect()
    }
}

fn id(place: usize) -> String {
    if place == 0 { "cache".to_owned() } else { format!("cache-{}", place + 1) }
}

/// A path relative to the node's directory as one relative to the checkout; one below the home stays.
fn placed(node: &Node, path: &str) -> String {
    match &node.body.directory {
        Some((directory, _)) if !path.starts_with("~/") => format!("{directory}/{path}"),
        _ => path.to_owned(),
    }
}

fn path(node: &Node, cache: &Cache) -> Input {
    Input::Text(Template::text(placed(node, &cache.path)))
}

/// The digest of the file that a cache is keyed by; empty where it is not there.
fn hash(node: &Node, cache: &Cache) -> String {
    format!("hashFiles('{}')", placed(node, &cache.key_file).replace('\'', "''"))
}
