//! Reads counterexamples back, as the runs that they describe.

use super::model::{Event, Input, Pipeline};
use super::world::{Names, Run, World};

/// The event that a counterexample describes, before its consequences.
#[derive(Clone, Debug, Default)]
pub struct Story {
    event: Option<Event>,
    fork: bool,
    branch: Option<String>,
    tag: Option<String>,
    inputs: Vec<(String, String)>,
    changed: DescribedChange,
}

/// The description of the changes.
#[derive(Clone, Debug, Default, PartialEq)]
enum DescribedChange {
    /// No description: the changes make no difference.
    #[default]
    Nothing,
    Unknown,
    Paths(Vec<String>),
}

impl Story {
    /// Parses the beginning of a counterexample.
    pub fn read(text: &str) -> Option<Story> {
        let mut story = Story::default();
        let on_branch = [
            ("push of branch `", Event::Push),
            ("scheduled run of branch `", Event::Schedule),
            ("manual run of branch `", Event::Manual),
        ];
        let mut rest = None;
        for (start, event) in on_branch {
            if let Some((branch, after)) = text.strip_prefix(start).and_then(|it| it.split_once('`')) {
                story.event = Some(event);
                story.branch = Some(branch.to_owned());
                rest = Some(after);
            }
        }
        if let Some((tag, after)) = text.strip_prefix("tag `").and_then(|it| it.split_once('`')) {
            story.event = Some(Event::Tag);
            story.tag = Some(tag.to_owned());
            rest = Some(after);
        }
        if let Some(after) = text.strip_prefix("merge queue") {
            story.event = Some(Event::MergeQueue);
            rest = Some(after);
        }
        if let Some(after) = text.strip_prefix("pull request") {
            story.event = Some(Event::PullRequest);
            story.fork = after.starts_with(" from a fork");
            rest = Some(after.strip_prefix(" from a fork").unwrap_or(after));
        }
        let mut rest = rest?;
        while let Some(after) = rest.strip_prefix(", input `") {
            let (name, after) = after.split_once("` being `")?;
            let (value, after) = after.split_once('`')?;
            story.inputs.push((name.to_owned(), value.to_owned()));
            rest = after;
        }
        if let Some(after) = rest.strip_prefix(", with unknown changes") {
            story.changed = DescribedChange::Unknown;
            rest = after;
        } else if let Some(after) = rest.strip_prefix(", changing nothing") {
            story.changed = DescribedChange::Paths(Vec::new());
            rest = after;
        } else if let Some(after) = rest.strip_prefix(", changing ") {
            let mut paths = Vec::new();
            let mut more = Some(after);
            while let Some(after) = more {
                let (path, after) = after.strip_prefix('`')?.split_once('`')?;
                paths.push(path.to_owned());
                rest = after;
                more = after.strip_prefix(", ");
            }
            story.changed = DescribedChange::Paths(paths);
        }
        rest.starts_with(": ").then_some(story)
    }

    /// The branch, if the counterexample has one.
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// The described runs, in a world made for them. Empty if no such run is possible.
    pub fn runs<'p>(&self, pipeline: &'p Pipeline) -> (World<'p>, Vec<Run>) {
        let mut names = Names::all(pipeline);
        if let Some(branch) = &self.branch {
            names.branches = vec![branch.clone()];
        }
        if let Some(tag) = &self.tag {
            names.tags = vec![tag.clone()];
        }
        if let DescribedChange::Paths(paths) = &self.changed {
            names.paths.clone_from(paths);
        }
        for (name, value) in &self.inputs {
            for (input, values) in &mut names.inputs {
                let open = *input == Input::Ring;
                if input.name() == name {
                    values.retain(|known| known == value);
                    if open {
                        *values = vec![value.clone()];
                    }
                }
            }
        }
        let world = World::new(pipeline, names);
        let every_path = (1u64 << world.path_count()) - 1;
        let always_unknown = matches!(self.event, Some(Event::Tag | Event::Schedule | Event::Manual));
        let matches = |run: &Run| {
            let change = match &self.changed {
                DescribedChange::Nothing => run.unknown == always_unknown,
                DescribedChange::Unknown => run.unknown,
                DescribedChange::Paths(_) => run.changed == every_path && !run.unknown,
            };
            Some(run.event) == self.event && run.fork == self.fork && change
        };
        let runs = world.runs().into_iter().filter(matches).collect();
        (world, runs)
    }
}
