//! What starts the workflow, and which runs replace others.

use super::Lowering;
use crate::document::{Concurrency, text};
use crate::template::Template;
use pipec_ir::facts::queue_branches_in;
use pipec_ir::{Event, Input, InputType, Trigger};
use pipec_logic::Glob;
use pipec_lowering::Nodes;
use pipec_yaml::{Mapping, Node, Sequence};

impl Lowering<'_> {
    pub(super) fn triggers(&self) -> Mapping<'static> {
        let mut pushed_branches = Vec::new();
        let mut pushed_tags = Vec::new();
        let mut bases = Vec::new();
        let mut schedules = Sequence::new();
        let mut inputs = Mapping::new();
        for trigger in &self.pipeline.triggers {
            match trigger {
                Trigger::Push(globs, _) => add_filters(globs, &mut pushed_branches),
                Trigger::Tag(globs, _) => add_filters(globs, &mut pushed_tags),
                Trigger::PullRequest(globs, _) => add_filters(globs, &mut bases),
                Trigger::Schedule(schedule, _) => {
                    let times = Node::double_quoted(schedule.to_string());
                    schedules = schedules.item(Mapping::new().entry("cron", times));
                }
                Trigger::Manual(declared, _) => {
                    for input in declared {
                        inputs = inputs.entry(input.name.clone(), self.input_declaration(input));
                    }
                }
                Trigger::MergeQueue(_) => {}
            }
        }
        let filters =
            |key: &'static str, patterns: Vec<String>| Mapping::new().entry(key, Sequence::flow(patterns));
        let mut triggers = Mapping::new();
        // With one of the two alone, GitHub starts nothing for the other; with neither, everything for both.
        let mut push = Mapping::new();
        if self.pipeline.starts_on(Event::Push) {
            let mut branches = all_if_none(pushed_branches);
            // A merge queue pushes code there that is not merged yet. It has an event of its own.
            branches.extend(self.queue_branches().map(|queue| format!("!{}", queue.text())));
            push = push.entry("branches", Sequence::flow(branches));
        }
        if self.pipeline.starts_on(Event::Tag) {
            push = push.entry("tags", Sequence::flow(all_if_none(pushed_tags)));
        }
        if !push.is_empty() {
            triggers = triggers.entry("push", push);
        }
        if self.pipeline.starts_on(Event::PullRequest) {
            triggers = triggers.entry("pull_request", filters("branches", all_if_none(bases)));
        }
        if self.pipeline.starts_on(Event::MergeQueue) {
            triggers = triggers.entry("merge_group", filters("types", vec!["checks_requested".to_owned()]));
        }
        if !schedules.is_empty() {
            triggers = triggers.entry("schedule", schedules);
        }
        inputs = self.with_override_inputs(inputs);
        if self.pipeline.starts_on(Event::Manual) || self.pipeline.has_overrides() {
            let with_inputs =
                if inputs.is_empty() { Mapping::new() } else { Mapping::new().entry("inputs", inputs) };
            triggers = triggers.entry("workflow_dispatch", with_inputs);
        }
        triggers
    }

    /// The branches of a merge queue, if pushes to them would start the workflow.
    fn queue_branches(&self) -> Option<Glob> {
        let pushed = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Push(globs, _) => Some(globs),
            _ => None,
        });
        pushed.filter_map(|globs| queue_branches_in(globs)).next()
    }

    fn input_declaration(&self, input: &Input) -> Mapping<'static> {
        let mut declaration = Mapping::new();
        if !input.docs.is_empty() {
            declaration = declaration.entry("description", text(input.docs.join(" ")));
        }
        declaration = match &input.ty {
            InputType::String => declaration.entry("type", "string"),
            InputType::Number => declaration.entry("type", "number"),
            InputType::Boolean => declaration.entry("type", "boolean"),
            InputType::OneOf(choices) => {
                let choices = choices.iter().map(|choice| text(choice.clone()));
                declaration.entry("type", "choice").entry("options", Sequence::flow(choices))
            }
        };
        let Some(default) = &input.default else { return declaration.entry("required", true) };
        let Some(value) = default.as_literal() else {
            self.internal(&input.origin, format!("the default of `{}` depends on the run", input.name));
            return declaration;
        };
        let value = match input.ty {
            InputType::Boolean => Node::Boolean(value == "true"),
            InputType::Number => {
                value.parse().map_or_else(|_| Node::double_quoted(value.to_owned()), Node::Integer)
            }
            InputType::String | InputType::OneOf(_) => text(value.to_owned()),
        };
        declaration.entry("default", value)
    }

    /// Which runs replace which: at most those of one pull request each other.
    pub(super) fn run_concurrency(&self) -> Concurrency {
        let deploys_on_pull_requests = self.pipeline.deploys().any(|(node, _)| {
            self.plans.source.may_meet(
                &self.plans.source.facts.due_node(node),
                &self.plans.source.facts.event(Event::PullRequest),
            )
        });
        let group = Template::text(format!("pipec-{}-", self.pipeline.name.to_ascii_lowercase()));
        if !self.pipeline.starts_on(Event::PullRequest) || deploys_on_pull_requests {
            return Concurrency {
                comment: "every run has a group of its own, so none is dropped".to_owned(),
                group: group.and("github.run_id"),
                cancel: Some(Template::text("false")),
                queue: false,
            };
        }
        let comment = "a newer push to a pull request replaces its run; no other run is dropped";
        Concurrency {
            comment: comment.to_owned(),
            group: group.and("github.event_name == 'pull_request' && github.ref || github.run_id"),
            cancel: Some(Template::expression("github.event_name == 'pull_request'")),
            queue: false,
        }
    }
}

fn add_filters(globs: &[Glob], patterns: &mut Vec<String>) {
    for pattern in globs.iter().flat_map(filter_patterns) {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
}

fn all_if_none(patterns: Vec<String>) -> Vec<String> {
    if patterns.is_empty() { vec!["**".to_owned()] } else { patterns }
}

/// The patterns of GitHub's filters that together match what the glob does. There, too, `*` stops at `/` and `**` does
/// not; `+` must be escaped, and whether `**/` matches nothing is left open, so both spellings are given.
fn filter_patterns(glob: &Glob) -> Vec<String> {
    let mut patterns = vec![String::new()];
    let mut rest = glob.text();
    let mut segment_start = true;
    while let Some(symbol) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/").filter(|_| segment_start) {
            let with_folders: Vec<String> = patterns.iter().map(|pattern| format!("{pattern}**/")).collect();
            patterns.extend(with_folders);
            rest = after;
            continue;
        }
        if rest.starts_with("**") {
            patterns.iter_mut().for_each(|pattern| pattern.push_str("**"));
            rest = rest.trim_start_matches('*');
            segment_start = false;
            continue;
        }
        for pattern in &mut patterns {
            if symbol == '+' {
                pattern.push('\\');
            }
            pattern.push(symbol);
        }
        segment_start = symbol == '/';
        rest = rest.strip_prefix(symbol).unwrap_or_default();
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_spelt_in_githubs_dialect() {
        let patterns = |glob| filter_patterns(&Glob::parse(glob).unwrap());
        assert_eq!(patterns("main"), ["main"]);
        assert_eq!(patterns("release/*"), ["release/*"]);
        assert_eq!(patterns("v1+2"), ["v1\\+2"]);
        assert_eq!(patterns("a/**/b"), ["a/b", "a/**/b"]);
        assert_eq!(patterns("a***"), ["a**"]);
    }
}
