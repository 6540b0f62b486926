//! The runs that `on:` triggers, as a proposition over the runs that GitHub can start.
//!
//! ```text
//! on:
//!   push: {branches: [main]}      the event is push, the branch is `main`, and the run is no override
//!   schedule: [{cron: 0 3 * * *}] or the event is schedule; a finding, unless the source has just this schedule
//!   issues:                       a finding: no trigger of the source is this event
//! ```

use crate::read::yaml::{Node, Value};
use pipec_ir::{Event, InputType, Pipeline, Trigger};
use pipec_logic::{Glob, Language, Proposition};
use pipec_model::Finding;
use pipec_model::overriding::inputs;
use pipec_model::{Axis, World};
use pipec_runtime::names::{ORDINARY, OVERRIDE_GATE as GATE};

/// The runs that `on:` triggers, and a finding for each trigger that the source lacks.
pub(crate) fn triggered(
    on: Option<&Node>,
    world: &World,
    pipeline: &Pipeline,
) -> (Proposition, Vec<Finding>) {
    let logic = world.logic();
    let mut findings = Vec::new();
    let mut ways = Vec::new();
    let Some(on) = on else {
        return (logic.falsehood(), vec![Finding::of_file("it has no `on`", 1)]);
    };
    let null = Node { value: Value::Null, line: on.line };
    let events: Vec<(String, &Node)> = match &on.value {
        Value::Map(entries) => entries.iter().map(|(name, node)| (name.to_string(), node)).collect(),
        _ => on.texts().unwrap_or_default().into_iter().map(|name| (name, &null)).collect(),
    };
    for (name, node) in events {
        let has = |event: Event| pipeline.events().contains(&event);
        let way = match name.as_str() {
            "push" => push(node, world, pipeline, &mut findings),
            "pull_request" if has(Event::PullRequest) => pull_request(node, world, pipeline, &mut findings),
            "schedule" if has(Event::Schedule) => {
                schedule(node, pipeline, &mut findings);
                world.facts.event(Event::Schedule)
            }
            "workflow_dispatch" if has(Event::Manual) || world.can_override() => {
                manual(node, pipeline, &mut findings);
                world.dispatched()
            }
            "merge_group" if has(Event::MergeQueue) => {
                only(node, &["types"], &mut findings);
                if node
                    .get("types")
                    .is_some_and(|types| types.texts() != Some(vec!["checks_requested".to_owned()]))
                {
                    findings.push(Finding::of_file("`merge_group` has other types", node.line));
                }
                world.facts.event(Event::MergeQueue)
            }
            _ => {
                // Trap 23: the language has no such event, whatever the conditions of its jobs are.
                findings.push(Finding::of_file(
                    format!("`{name}` starts it, which no trigger asks for"),
                    node.line,
                ));
                continue;
            }
        };
        ways.push(way);
    }
    (logic.and(&world.possible(), &logic.any(&ways)), findings)
}

fn only(node: &Node, known: &[&str], findings: &mut Vec<Finding>) {
    if !matches!(node.value, Value::Null | Value::Map(_)) {
        findings.push(Finding::of_file("a trigger is no map", node.line));
    }
    for (key, value) in node.entries() {
        if !known.contains(&key.as_str()) {
            // Trap 10: `paths` skips whole workflows and sees 300 files.
            findings.push(Finding::of_file(format!("a trigger says `{key}`"), value.line));
        }
    }
}

/// Without filters both branches and tags start it; with one of them only those.
fn push(node: &Node, world: &World, pipeline: &Pipeline, findings: &mut Vec<Finding>) -> Proposition {
    let logic = world.logic();
    only(node, &["branches", "tags"], findings);
    let (branches, tags) = (node.get("branches"), node.get("tags"));
    let mut ways = Vec::new();
    for (filter, other, axis, event) in
        [(branches, tags, Axis::Branch, Event::Push), (tags, branches, Axis::Tag, Event::Tag)]
    {
        let names = match (filter, other) {
            (Some(filter), _) => match filter_patterns(filter) {
                Some(patterns) => {
                    let each: Vec<Proposition> = patterns
                        .iter()
                        .map(|pattern| {
                            let surely = world.name_in(axis, &pattern.surely);
                            let Some(perhaps) = &pattern.perhaps else { return surely };
                            let perhaps = world.name_in(axis, perhaps);
                            logic.or(&surely, &logic.and(&perhaps, &world.free("`**/` matches nothing too")))
                        })
                        .collect();
                    logic.any(&each)
                }
                None => {
                    findings.push(Finding::of_file("a filter of `push` can't be interpreted", filter.line));
                    logic.truth()
                }
            },
            (None, Some(_)) => continue,
            (None, None) => logic.truth(),
        };
        if !pipeline.events().contains(&event) {
            findings.push(Finding::of_file(
                format!("a {} starts it, which no trigger asks for", event.word()),
                node.line,
            ));
        }
        ways.push(logic.and(&world.facts.event(event), &names));
    }
    logic.and_not(&logic.any(&ways), &world.overriding())
}

fn pull_request(node: &Node, world: &World, pipeline: &Pipeline, findings: &mut Vec<Finding>) -> Proposition {
    let logic = world.logic();
    only(node, &["branches", "types"], findings);
    if let Some(types) = node.get("types") {
        let mut types_named = types.texts().unwrap_or_default();
        types_named.sort();
        if types_named != ["opened", "reopened", "synchronize"] {
            findings.push(Finding::of_file("`pull_request` has other types than it starts with", types.line));
        }
    }
    let event = world.facts.event(Event::PullRequest);
    let wanted: Vec<Language> = pipeline
        .triggers
        .iter()
        .filter_map(|trigger| match trigger {
            Trigger::PullRequest(globs, _) => Some(globs),
            _ => None,
        })
        .flatten()
        .map(Glob::language)
        .collect();
    let emitted = match node.get("branches") {
        None => Some(vec![Pattern { surely: Language::all(), perhaps: None }]),
        Some(filter) => filter_patterns(filter),
    };
    match emitted {
        Some(patterns) => {
            let surely = patterns.iter().map(|pattern| &pattern.surely);
            let perhaps = patterns.iter().filter_map(|pattern| pattern.perhaps.as_ref());
            let (least, most) = (union(surely.clone()), union(surely.chain(perhaps)));
            let wanted = union(&wanted);
            if !wanted.is_subset(&least) {
                findings.push(Finding::of_file("some pull requests do not start it", node.line));
            }
            if most.is_subset(&wanted) { logic.and(&event, &world.wanted_base()) } else { event }
        }
        None => {
            findings.push(Finding::of_file("a filter of `pull_request` can't be interpreted", node.line));
            event
        }
    }
}

fn union<'l>(languages: impl IntoIterator<Item = &'l Language>) -> Language {
    let mut languages = languages.into_iter();
    match languages.next() {
        Some(first) => languages.fold(first.clone(), |all, one| all.union(one)),
        None => Language::empty(),
    }
}

fn schedule(node: &Node, pipeline: &Pipeline, findings: &mut Vec<Finding>) {
    let mut wanted: Vec<String> = pipeline
        .triggers
        .iter()
        .filter_map(|trigger| match trigger {
            Trigger::Schedule(schedule, _) => Some(schedule.to_string()),
            _ => None,
        })
        .collect();
    let mut emitted: Vec<String> = match &node.value {
        Value::List(items) => items
            .iter()
            .map(|item| match item.entries() {
                [(key, cron)] if key == "cron" => cron.text().unwrap_or_default().to_owned(),
                _ => String::new(),
            })
            .collect(),
        _ => Vec::new(),
    };
    wanted.sort();
    emitted.sort();
    wanted.dedup();
    emitted.dedup();
    if wanted != emitted {
        findings.push(Finding::of_file("it runs on another schedule", node.line));
    }
}

/// The inputs must be those of the source, since conditions hang on their types.
fn manual(node: &Node, pipeline: &Pipeline, findings: &mut Vec<Finding>) {
    only(node, &["inputs"], findings);
    let wanted: Vec<_> = pipeline
        .triggers
        .iter()
        .filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        })
        .flatten()
        .collect();
    let emitted = node.get("inputs").map(Node::entries).unwrap_or_default();
    let own_entry = pipeline.events().contains(&Event::Manual);
    let mut missing = inputs(pipeline);
    for (name, input) in emitted {
        if let Some(place) = missing.iter().position(|wanted| *name == **wanted) {
            missing.remove(place);
            override_input(name, input, own_entry, pipeline, findings);
            continue;
        }
        let Some(wanted) = wanted.iter().find(|wanted| *name == wanted.name) else {
            findings.push(Finding::of_file(format!("it takes an input `{name}`"), input.line));
            continue;
        };
        only(input, &["description", "type", "default", "required", "options"], findings);
        let ty = input.get("type").and_then(Node::text).unwrap_or("string");
        let options = input.get("options").and_then(Node::texts).unwrap_or_default();
        let same = match &wanted.ty {
            InputType::String => ty == "string",
            InputType::Number => matches!(ty, "number" | "string"),
            InputType::Boolean => ty == "boolean",
            InputType::OneOf(values) => ty == "choice" && options == *values,
        };
        if !same {
            findings.push(Finding::of_file(format!("the input `{name}` has another type"), input.line));
        }
    }
    for name in missing {
        findings.push(Finding::of_file(format!("the input `{name}` of overrides is missing"), node.line));
    }
    for wanted in wanted {
        if !emitted.iter().any(|(name, _)| *name == wanted.name) {
            findings.push(Finding::of_file(format!("the input `{}` is missing", wanted.name), node.line));
        }
    }
}

/// The entry for overrides takes just the gates that have one; a manual run of the source's own names none.
fn override_input(
    name: &str,
    input: &Node,
    own_entry: bool,
    pipeline: &Pipeline,
    findings: &mut Vec<Finding>,
) {
    only(input, &["description", "type", "default", "required", "options"], findings);
    let ty = input.get("type").and_then(Node::text);
    let options = input.get("options").map(|options| options.texts().unwrap_or_default());
    let default = input.get("default").and_then(Node::text);
    let same = if name == GATE {
        let ordinary = own_entry.then(|| ORDINARY.to_owned());
        let gates = pipeline.overridable().map(|(gate, _)| gate.name.clone());
        let wanted: Vec<String> = ordinary.clone().into_iter().chain(gates).collect();
        ty == Some("choice") && options == Some(wanted) && default == ordinary.as_deref()
    } else {
        ty == Some("string") && options.is_none() && default.is_none()
    };
    if !same {
        findings.push(Finding::of_file(format!("the input `{name}` of overrides is another"), input.line));
    }
}

/// What a filter pattern matches, and what it may match besides.
#[derive(Clone, Debug)]
struct Pattern {
    surely: Language,
    perhaps: Option<Language>,
}

/// GitHub's filter patterns. `*` stops at `/`, `**` does not, `\` takes the next character literally; `?`, `+`, `[…]` and
/// `!` mean something else than in the language and are not interpreted.
fn filter_patterns(node: &Node) -> Option<Vec<Pattern>> {
    node.texts()?.iter().map(|text| pattern(text)).collect()
}

fn pattern(text: &str) -> Option<Pattern> {
    let mut glob = String::new();
    let mut characters = text.chars();
    let mut literal = true;
    while let Some(character) = characters.next() {
        match character {
            '\\' => glob.push(characters.next().filter(|next| !matches!(next, '*' | '?'))?),
            '?' | '+' | '[' | ']' | '!' => return None,
            '*' => {
                literal = false;
                glob.push('*');
            }
            _ => glob.push(character),
        }
    }
    if literal {
        return Some(Pattern { surely: Language::literal(&glob), perhaps: None });
    }
    let most = Glob::parse(&glob).ok()?.language();
    // Where a segment is `**`, the language's globs match without it as well. Whether GitHub's do is not said.
    let mut without: Vec<Language> = Vec::new();
    for (place, _) in glob.match_indices("**/") {
        let (before, after) = (glob.get(..place)?, glob.get(place + "**/".len()..)?);
        if before.is_empty() || before.ends_with('/') {
            without.push(Glob::parse(&format!("{before}{after}")).ok()?.language());
        }
    }
    if without.is_empty() {
        return Some(Pattern { surely: most, perhaps: None });
    }
    let perhaps = union(&without);
    Some(Pattern { surely: most.difference(&perhaps), perhaps: Some(perhaps) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_in_githubs_dialect() {
        let surely = |text: &str| pattern(text).unwrap().surely;
        assert!(surely("main").contains("main") && !surely("main").contains("MAIN"));
        assert!(surely("release/*").contains("release/1") && !surely("release/*").contains("release/1/2"));
        assert!(surely("**").contains("a/b"));
        assert!(surely("c\\+\\+").contains("c++"));
        assert!(surely("**/x").contains("a/x") && !surely("**/x").contains("x"));
        assert!(pattern("**/x").unwrap().perhaps.unwrap().contains("x"));
        for text in ["v?", "v+", "v[0-9]", "!main"] {
            assert!(pattern(text).is_none(), "{text}");
        }
    }
}
