//! The triggers in `on:`, as data.
//!
//! ```text
//! on:
//!   push: {branches: [main]}      pushes of the branch `main`, and of no tag
//!   schedule: [{cron: 0 3 * * *}] a schedule
//!   issues:                       an event that the language does not have
//! ```

use crate::read::yaml::{Node, Value};
use pipec_logic::{Glob, Language};
use pipec_model::{
    Finding, ManualInput, ManualInputForm, NameFilter, NamePattern, Part, PullRequestChange, RunEvent,
    RunTrigger, Unlike,
};

/// The triggers in `on:`. Adds a finding for each part that the model can't interpret.
pub(crate) fn triggers(on: Option<&Node>, findings: &mut Vec<Finding>) -> Vec<RunTrigger> {
    let Some(on) = on else {
        findings.push(Finding::of_file("it has no `on`", 1));
        return Vec::new();
    };
    let null = Node { value: Value::Null, line: on.line };
    let events: Vec<(String, &Node)> = match &on.value {
        Value::Map(entries) => entries.iter().map(|(name, node)| (name.to_string(), node)).collect(),
        _ => on.texts().unwrap_or_default().into_iter().map(|name| (name, &null)).collect(),
    };
    let trigger = |(word, node): (String, &Node)| {
        let event = event(&word, node, findings);
        RunTrigger { word, line: node.line, event }
    };
    events.into_iter().map(trigger).collect()
}

fn event(word: &str, node: &Node, findings: &mut Vec<Finding>) -> RunEvent {
    match word {
        "push" => push(node, findings),
        "pull_request" => pull_request(node, findings),
        "schedule" => RunEvent::Schedule(schedules(node)),
        "workflow_dispatch" => manual(node, findings),
        "merge_group" => {
            only(node, &["types"], findings);
            if node
                .get("types")
                .is_some_and(|types| types.texts() != Some(vec!["checks_requested".to_owned()]))
            {
                findings.push(Finding::of_file("`merge_group` has other types", node.line));
            }
            RunEvent::MergeQueue
        }
        // Trap 23: the language has no such event, regardless of the conditions of its jobs.
        _ => RunEvent::Other,
    }
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

/// Reads a push. Without filters, branches and tags trigger a run; with one of them, only these.
fn push(node: &Node, findings: &mut Vec<Finding>) -> RunEvent {
    only(node, &["branches", "tags"], findings);
    let (branches, tags) = (node.get("branches"), node.get("tags"));
    let mut filter = |own: Option<&Node>, other: Option<&Node>| match (own, other) {
        (Some(own), _) => Some(filter("push", own, findings)),
        (None, Some(_)) => None,
        (None, None) => Some(NameFilter::All),
    };
    RunEvent::Push { branches: filter(branches, tags), tags: filter(tags, branches) }
}

/// Reads a pull request. Without types, it triggers a run when it is opened, reopened, or gets new commits.
fn pull_request(node: &Node, findings: &mut Vec<Finding>) -> RunEvent {
    only(node, &["branches", "types"], findings);
    let mut changes = match node.get("types") {
        None => vec![PullRequestChange::Opened, PullRequestChange::Reopened, PullRequestChange::Updated],
        Some(types) => types.texts().unwrap_or_default().into_iter().map(pull_request_change).collect(),
    };
    changes.sort();
    let bases = match node.get("branches") {
        None => NameFilter::All,
        Some(branches) => filter("pull_request", branches, findings),
    };
    RunEvent::PullRequest { bases, changes }
}

fn pull_request_change(word: String) -> PullRequestChange {
    match word.as_str() {
        "opened" => PullRequestChange::Opened,
        "reopened" => PullRequestChange::Reopened,
        "synchronize" => PullRequestChange::Updated,
        "closed" => PullRequestChange::Closed,
        _ => PullRequestChange::Other(word),
    }
}

fn schedules(node: &Node) -> Vec<String> {
    let Value::List(items) = &node.value else { return Vec::new() };
    let times = |item: &Node| match item.entries() {
        [(key, cron)] if key == "cron" => cron.text().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    items.iter().map(times).collect()
}

fn manual(node: &Node, findings: &mut Vec<Finding>) -> RunEvent {
    only(node, &["inputs"], findings);
    let mut inputs = Vec::new();
    for (name, input) in node.get("inputs").map(Node::entries).unwrap_or_default() {
        only(input, &["description", "type", "default", "required", "options"], findings);
        inputs.push(ManualInput {
            name: name.to_string(),
            line: input.line,
            form: match input.get("type").map(Node::text) {
                None | Some(Some("string")) => ManualInputForm::Text,
                Some(Some("number")) => ManualInputForm::Number,
                Some(Some("boolean")) => ManualInputForm::Boolean,
                Some(Some("choice")) => ManualInputForm::Choice,
                Some(_) => ManualInputForm::Other,
            },
            options: input.get("options").map(|options| options.texts().unwrap_or_default()),
            default: input.get("default").map(|default| match default.text() {
                Some(text) => pipec_model::Value::literal(text),
                None => pipec_model::Value::of([Part::Unknown(Unlike)]),
            }),
        });
    }
    RunEvent::Manual(inputs)
}

/// The names that a filter of an event admits.
///
/// In GitHub's patterns, `*` stops at `/`, `**` does not, and `\` takes the next character literally. A `!` at the
/// beginning takes names out of what the patterns before it admit. `?`, `+` and `[…]` have other meanings than in the
/// language, and are not interpreted.
fn filter(event: &str, node: &Node, findings: &mut Vec<Finding>) -> NameFilter {
    match node.texts().and_then(|texts| patterns(&texts)) {
        Some(patterns) => NameFilter::Patterns(patterns),
        None => {
            findings.push(Finding::of_file(format!("a filter of `{event}` can't be interpreted"), node.line));
            NameFilter::Unknown
        }
    }
}

/// The patterns of a filter, each without the names that a later one takes out.
fn patterns(texts: &[String]) -> Option<Vec<NamePattern>> {
    let mut all: Vec<NamePattern> = Vec::new();
    for text in texts {
        let Some(taken) = text.strip_prefix('!') else {
            all.push(pattern(text)?);
            continue;
        };
        // Where the documentation does not decide what a pattern takes out, nothing can be said.
        let taken = pattern(taken).filter(|taken| taken.perhaps.is_none())?.surely;
        for before in &mut all {
            before.surely = before.surely.difference(&taken);
            before.perhaps = before.perhaps.as_ref().map(|perhaps| perhaps.difference(&taken));
        }
    }
    Some(all)
}

fn pattern(text: &str) -> Option<NamePattern> {
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
        return Some(NamePattern { surely: Language::literal(&glob), perhaps: None });
    }
    let most = Glob::parse(&glob).ok()?.language();
    // If a segment is `**`, the language's globs also match without it. GitHub's documentation does not decide this.
    let mut without: Vec<Language> = Vec::new();
    for (place, _) in glob.match_indices("**/") {
        let (before, after) = (glob.get(..place)?, glob.get(place + "**/".len()..)?);
        if before.is_empty() || before.ends_with('/') {
            without.push(Glob::parse(&format!("{before}{after}")).ok()?.language());
        }
    }
    if without.is_empty() {
        return Some(NamePattern { surely: most, perhaps: None });
    }
    let perhaps = without.iter().fold(Language::empty(), |all, one| all.union(one));
    Some(NamePattern { surely: most.difference(&perhaps), perhaps: Some(perhaps) })
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
        let without = patterns(&["**".to_owned(), "!a/**".to_owned(), "a/b".to_owned()]).unwrap();
        assert!(!without[0].surely.contains("a/b") && without[0].surely.contains("b/a"));
        assert!(without[1].surely.contains("a/b"), "a later pattern admits a name again");
        assert!(patterns(&["**".to_owned(), "!**/x".to_owned()]).is_none());
        assert!(surely("**/x").contains("a/x") && !surely("**/x").contains("x"));
        assert!(pattern("**/x").unwrap().perhaps.unwrap().contains("x"));
        for text in ["v?", "v+", "v[0-9]", "!main"] {
            assert!(pattern(text).is_none(), "{text}");
        }
    }
}
