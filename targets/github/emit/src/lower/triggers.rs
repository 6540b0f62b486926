//! What starts the workflow, and which runs replace others.

use super::Lowering;
use crate::document::{Concurrency, text};
use crate::template::{OPENING, Template};
use pipec_base::codes;
use pipec_ir::{Event, Input, InputType, Origin, Schedule, Trigger};
use pipec_logic::{Glob, Language};
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
                Trigger::Push(globs, origin) => self.add_filters(globs, origin, &mut pushed_branches),
                Trigger::Tag(globs, origin) => self.add_filters(globs, origin, &mut pushed_tags),
                Trigger::PullRequest(globs, origin) => self.add_filters(globs, origin, &mut bases),
                Trigger::Schedule(schedule, origin) => {
                    if let Some((first, next)) = too_often(schedule) {
                        self.error(
                            codes::P0120,
                            origin,
                            format!(
                                "github can't start a schedule at minute {first} and again at minute {next}"
                            ),
                            "it needs at least five minutes between two runs: `*/5 * * * *`",
                        );
                    }
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
        self.check_baselines();
        let filters =
            |key: &'static str, patterns: Vec<String>| Mapping::new().entry(key, Sequence::flow(patterns));
        let mut triggers = Mapping::new();
        // With one of the two alone, GitHub starts nothing for the other; with neither, everything for both.
        let mut push = Mapping::new();
        if self.pipeline.starts_on(Event::Push) {
            push = push.entry("branches", Sequence::flow(all_if_none(pushed_branches)));
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

    fn add_filters(&self, globs: &[Glob], origin: &Origin, patterns: &mut Vec<String>) {
        for glob in globs {
            if glob.text().contains('?') {
                self.error(
                    codes::P1101,
                    origin,
                    format!("`{}` can't be the filter of a trigger on github", glob.text()),
                    "`?` means something else on github; use `*` here, and `branch is` or `tag is` in the \
                     condition of a stage",
                );
                continue;
            }
            for pattern in filter_patterns(glob) {
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
        }
    }

    fn input_declaration(&self, input: &Input) -> Mapping<'static> {
        let mut declaration = Mapping::new();
        if !input.docs.is_empty() {
            declaration =
                declaration.entry("description", self.inert(input, "description", input.docs.join(" ")));
        }
        declaration = match &input.ty {
            InputType::String => declaration.entry("type", "string"),
            InputType::Number => declaration.entry("type", "number"),
            InputType::Boolean => declaration.entry("type", "boolean"),
            InputType::OneOf(choices) => {
                let choices = choices.iter().map(|choice| self.inert(input, "value", choice.clone()));
                declaration.entry("type", "choice").entry("options", Sequence::flow(choices))
            }
        };
        let Some(default) = &input.default else { return declaration.entry("required", true) };
        let Some(value) = default.as_literal() else {
            self.error(
                codes::P1101,
                &input.origin,
                format!("the default of `{}` depends on the run, which github can't build", input.name),
                "use a value that is known before the run",
            );
            return declaration;
        };
        let value = match input.ty {
            InputType::Boolean => Node::Boolean(value == "true"),
            InputType::Number => {
                value.parse().map_or_else(|_| Node::double_quoted(value.to_owned()), Node::Integer)
            }
            InputType::String | InputType::OneOf(_) => self.inert(input, "default", value.to_owned()),
        };
        declaration.entry("default", value)
    }

    /// A text of an input. GitHub evaluates nothing in `on`, so no expression can stand for an opening there, and a file
    /// with one is refused as a whole ("a template expression is not allowed in this context").
    fn inert(&self, input: &Input, what: &str, value: String) -> Node<'static> {
        if value.contains(OPENING) {
            self.error(
                codes::P1101,
                &input.origin,
                format!(
                    "a {what} of `{}` has `{OPENING}`, which github does not allow in a trigger",
                    input.name
                ),
                format!("write it without `{OPENING}`"),
            );
        }
        text(value)
    }

    /// Refuses tags that the search for the last green push can't distinguish from branches.
    ///
    /// The event of both is `push`, and `head_branch` holds the name of either.
    fn check_baselines(&self) {
        if !self.plans.planned.ask_for_changes() || !self.pipeline.starts_on(Event::Tag) {
            return;
        }
        let names = |globs: &[Glob]| {
            let all = if globs.is_empty() { Language::all() } else { Language::empty() };
            globs.iter().fold(all, |names, glob| names.union(&glob.language()))
        };
        let branches = self.pipeline.triggers.iter().fold(Language::empty(), |all, trigger| match trigger {
            Trigger::Push(globs, _) => all.union(&names(globs)),
            _ => all,
        });
        for trigger in &self.pipeline.triggers {
            let Trigger::Tag(globs, origin) = trigger else { continue };
            if !names(globs).intersection(&branches).is_empty() {
                self.error(
                    codes::P1101,
                    origin,
                    "on github, `changed` can't distinguish a tag from a branch with the same name",
                    "narrow the tags, for example `on tag \"v*\"`, or the branches of `on push`, so that \
                     no name matches both",
                );
            }
        }
    }

    /// The group of a run. A newer run replaces only runs of the same pull request.
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
                comment: "Every run has a group of its own: none waits for another, and none is dropped."
                    .to_owned(),
                group: group.and("github.run_id"),
                cancel: Some(Template::text("false")),
                queue: false,
            };
        }
        let comment = "A newer push to a pull request replaces its run; every other run has a group of its own, so none is dropped.";
        Concurrency {
            comment: comment.to_owned(),
            group: group.and("github.event_name == 'pull_request' && github.ref || github.run_id"),
            cancel: Some(Template::expression("github.event_name == 'pull_request'")),
            queue: false,
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

/// The least time between two scheduled runs on GitHub, in minutes.
///
/// See `schedule` in "Events that trigger workflows".
const LEAST_BETWEEN: u32 = 5;

/// Two minutes of a schedule that are too close together for GitHub.
fn too_often(schedule: &Schedule) -> Option<(u32, u32)> {
    let minutes = schedule.minutes();
    let pairs = minutes.iter().zip(minutes.iter().skip(1));
    pairs.map(|(first, next)| (*first, *next)).find(|(first, next)| next - first < LEAST_BETWEEN)
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

    #[test]
    fn schedules_of_less_than_five_minutes_are_told() {
        for (times, expected) in [
            ("* * * * *", Some((0, 1))),
            ("*/4 * * * *", Some((0, 4))),
            ("*/5 * * * *", None),
            ("1,30,32 3 * * *", Some((30, 32))),
            ("0 * * * *", None),
            ("3-20/8 * * * *", None),
            ("50/3 * * * *", Some((50, 53))),
        ] {
            assert_eq!(super::too_often(&Schedule::parse(times).expect("a schedule")), expected, "{times}");
        }
    }
}
