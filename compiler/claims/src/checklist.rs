//! Settings as a checklist for people: grouped by place, each setting once.
//!
//! For example, two pipelines deploy to `production`. Both assume that this environment accepts only `main`, and each
//! assumes a secret of its own there. The checklist has the place `production` with two tasks: accept only `main`, and
//! store the two secrets. Places of one kind with equal tasks are one group: the same rule for `main` and `release/*`.

use crate::{
    BranchProtection, CloudTrust, Place, ReviewPurpose, Reviewers, SecretPlace, Setting, TagOperation,
};
use std::collections::{BTreeMap, BTreeSet};

/// The tasks of each place. Kinds of places have the order of [`Place`], and places of one kind that of their settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checklist {
    /// The groups of places with equal tasks.
    pub groups: Vec<Group>,
}

/// Places of one kind with equal tasks. None of both lists is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The places.
    pub places: Vec<Place>,
    /// The tasks at each of them.
    pub tasks: Vec<Task>,
}

/// A task at a place: one or several settings, without the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A rule for a branch.
    BranchRule(Vec<BranchProtection>),
    /// A rule for a tag, with the operations that only people who may release can do.
    TagRule(Vec<TagOperation>),
    /// Checks that every merge requires, by their names.
    RequiredChecks(Vec<String>),
    /// The only branches and tags whose runs may enter, as globs.
    Refs {
        /// The branches.
        branches: BTreeSet<String>,
        /// The tags.
        tags: BTreeSet<String>,
    },
    /// The people who approve the runs that enter.
    Reviewers {
        /// The people.
        reviewers: Reviewers,
        /// The number of required approvals.
        minimum: u64,
        /// The subject of the approvals.
        purpose: ReviewPurpose,
    },
    /// Admission of pull requests, with the globs of their target branches.
    Previews(BTreeSet<String>),
    /// Secrets to store.
    Secrets {
        /// Their names.
        names: Vec<String>,
        /// The places that must have no secrets of these names.
        absent_from: Vec<SecretPlace>,
    },
    /// Variables that must have a value, by their names.
    Variables(Vec<String>),
    /// The trust of a cloud.
    CloudTrust(CloudTrust),
    /// Programs that runners must have.
    Tools {
        /// The programs for all jobs.
        tools: BTreeSet<String>,
        /// More programs for deploys.
        deploy_tools: BTreeSet<String>,
    },
}

impl From<&Setting> for Task {
    fn from(setting: &Setting) -> Task {
        match setting.clone() {
            Setting::BranchRule { protections, .. } => Task::BranchRule(protections),
            Setting::TagRule { restricted, .. } => Task::TagRule(restricted),
            Setting::RequiredCheck { check, .. } => Task::RequiredChecks(vec![check]),
            Setting::EnvironmentRefs { branches, tags, .. } => Task::Refs { branches, tags },
            Setting::EnvironmentReviewers { reviewers, minimum, purpose, .. } => {
                Task::Reviewers { reviewers, minimum, purpose }
            }
            Setting::PreviewEnvironment { into, .. } => Task::Previews(into),
            Setting::Secret { name, absent_from, .. } => Task::Secrets { names: vec![name], absent_from },
            Setting::Variable { name, .. } => Task::Variables(vec![name]),
            Setting::CloudTrust(trust) => Task::CloudTrust(trust),
            Setting::RunnerTools { tools, deploy_tools, .. } => Task::Tools {
                tools: tools.into_iter().collect(),
                deploy_tools: deploy_tools.into_iter().collect(),
            },
        }
    }
}

impl Checklist {
    /// The checklist of settings. A setting that occurs twice is one task.
    pub fn of<'s>(settings: impl IntoIterator<Item = &'s Setting>) -> Checklist {
        let mut places = Places::default();
        for setting in settings {
            places.add(setting);
        }
        let mut groups: Vec<Group> = Vec::new();
        for (place, tasks) in places.in_order() {
            let is_like = |group: &&mut Group| {
                group.tasks == tasks && group.places.iter().all(|other| other.rank() == place.rank())
            };
            match groups.iter_mut().find(is_like) {
                Some(group) => group.places.push(place),
                None => groups.push(Group { places: vec![place], tasks }),
            }
        }
        Checklist { groups }
    }
}

/// The tasks of each place, while they are collected.
#[derive(Default)]
struct Places {
    tasks: Vec<(Place, Vec<Task>)>,
    /// The programs of each runner: those for all jobs, and more for deploys.
    tools: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
}

impl Places {
    fn add(&mut self, setting: &Setting) {
        match setting {
            Setting::RunnerTools { runners, tools, deploy_tools } => {
                for runner in runners {
                    let own = self.tools.entry(runner.clone()).or_default();
                    own.0.extend(tools.iter().cloned());
                    own.1.extend(deploy_tools.iter().cloned());
                }
            }
            _ => {
                if let Some(tasks) = self.tasks_at(setting.place()) {
                    merge(tasks, Task::from(setting));
                }
            }
        }
    }

    fn tasks_at(&mut self, place: Place) -> Option<&mut Vec<Task>> {
        if !self.tasks.iter().any(|(other, _)| *other == place) {
            self.tasks.push((place.clone(), Vec::new()));
        }
        self.tasks.iter_mut().find(|(other, _)| *other == place).map(|(_, tasks)| tasks)
    }

    /// The places with their tasks. Runners with equal programs are one place.
    fn in_order(self) -> Vec<(Place, Vec<Task>)> {
        let mut runners: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (runner, own) in self.tools {
            runners.entry(own).or_default().push(runner);
        }
        let mut all = self.tasks;
        all.extend(runners.into_iter().map(|((tools, deploy_tools), runners)| {
            (Place::Runners(runners), vec![Task::Tools { tools, deploy_tools }])
        }));
        all.sort_by_key(|(place, _)| place.rank());
        all
    }
}

/// Adds a task, or its names to a task of the same kind.
fn merge(tasks: &mut Vec<Task>, task: Task) {
    for other in &mut *tasks {
        let (names, more) = match (other, &task) {
            (
                Task::Secrets { names, absent_from },
                Task::Secrets { names: more, absent_from: other_places },
            ) if absent_from == other_places => (names, more),
            (Task::RequiredChecks(names), Task::RequiredChecks(more))
            | (Task::Variables(names), Task::Variables(more)) => (names, more),
            (other, task) if other == task => return,
            _ => continue,
        };
        for name in more {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        return;
    }
    tasks.push(task);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str, place: SecretPlace) -> Setting {
        Setting::Secret { name: name.to_owned(), place, absent_from: vec![SecretPlace::Repository] }
    }

    fn branch(branch: &str) -> Setting {
        Setting::BranchRule { branch: branch.to_owned(), protections: Vec::new() }
    }

    fn runners(labels: &[&str], deploy_tools: &[&str]) -> Setting {
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        Setting::RunnerTools {
            runners: owned(labels),
            tools: owned(&["bash"]),
            deploy_tools: owned(deploy_tools),
        }
    }

    #[test]
    fn a_setting_of_several_pipelines_is_one_task() {
        let refs = Setting::EnvironmentRefs {
            environment: "npm".to_owned(),
            branches: BTreeSet::from(["main".to_owned()]),
            tags: BTreeSet::new(),
        };
        let npm = SecretPlace::Environment("npm".to_owned());
        let settings = [
            secret("A", npm.clone()),
            refs.clone(),
            secret("B", npm.clone()),
            refs.clone(),
            secret("A", npm),
        ];
        let list = Checklist::of(&settings);
        let secrets = Task::Secrets {
            names: vec!["A".to_owned(), "B".to_owned()],
            absent_from: vec![SecretPlace::Repository],
        };
        let places = vec![Place::Environment("npm".to_owned())];
        assert_eq!(list.groups, [Group { places, tasks: vec![secrets, Task::from(&refs)] }]);
    }

    #[test]
    fn runners_with_equal_programs_are_one_place() {
        let settings = [runners(&["linux", "mac"], &[]), runners(&["arm", "linux"], &["gh"])];
        let list = Checklist::of(&settings);
        let labels: Vec<&Place> = list.groups.iter().flat_map(|group| &group.places).collect();
        let place = |labels: &[&str]| Place::Runners(labels.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(labels, [&place(&["mac"]), &place(&["arm", "linux"])]);
    }

    #[test]
    fn branches_come_before_environments_and_runners() {
        let settings = [runners(&["linux"], &[]), secret("A", SecretPlace::Repository), branch("main")];
        let groups = Checklist::of(&settings).groups;
        let ranks: Vec<u8> = groups.iter().flat_map(|group| &group.places).map(Place::rank).collect();
        assert_eq!(ranks, [0, 3, 6]);
    }

    #[test]
    fn places_with_equal_tasks_are_one_group() {
        let check = Setting::RequiredCheck { check: "shop".to_owned(), branch: "next".to_owned() };
        let settings = [branch("main"), branch("next"), check, branch("old")];
        let groups = Checklist::of(&settings).groups;
        let places: Vec<usize> = groups.iter().map(|group| group.places.len()).collect();
        let tasks: Vec<usize> = groups.iter().map(|group| group.tasks.len()).collect();
        assert_eq!((places, tasks), (vec![2, 1], vec![1, 2]));
    }
}
