//! Enumerates every run of a pipeline over given names, with the stages in each.

use super::glob;
use super::model::{Change, Condition, Event, Gate, Input, Pipeline, Trigger, What};
use std::collections::BTreeSet;

/// The names that the runs are made of.
#[derive(Clone, Debug)]
pub struct World<'p> {
    /// The pipeline.
    pub pipeline: &'p Pipeline,
    branches: Vec<String>,
    tags: Vec<String>,
    paths: Vec<String>,
    inputs: Vec<(Input, Vec<String>)>,
    stages: Vec<Compiled>,
    protected_branches: Set,
    protected_tags: Set,
}

/// A set of indices in a list of names, as bits.
type Set = u64;

/// A run, as far as the event fixes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The event that started it.
    pub event: Event,
    /// Whether it is for a pull request of a fork or a bot.
    pub fork: bool,
    /// The index of its branch.
    pub branch: Option<usize>,
    /// The index of its tag.
    pub tag: Option<usize>,
    /// The value of each input of a manual run.
    pub inputs: Vec<usize>,
    /// The indices of the changed paths.
    pub changed: Set,
    /// Whether the changes are unknown.
    pub unknown: bool,
}

impl Run {
    /// Whether its code is reviewed.
    pub fn is_trusted(&self) -> bool {
        !matches!(self.event, Event::PullRequest | Event::MergeQueue)
    }
}

/// A condition with its globs evaluated.
#[derive(Clone, Debug)]
enum Compiled {
    Event(Event),
    Branch(Set),
    Tag(Set),
    Changed(Set),
    Input(usize, Set),
    Fork,
    Not(Box<Compiled>),
    And(Vec<Compiled>),
    Or(Vec<Compiled>),
}

/// The names that a counterexample allows.
#[derive(Clone, Debug)]
pub struct Names {
    /// The branches.
    pub branches: Vec<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The paths.
    pub paths: Vec<String>,
    /// The inputs with their values.
    pub inputs: Vec<(Input, Vec<String>)>,
}

impl Names {
    /// One name of each set that the pipeline does not distinguish. They cover all that the family of globs
    /// distinguishes.
    pub fn all(pipeline: &Pipeline) -> Names {
        let (refs, paths) = globs(pipeline);
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<String>>();
        let names = owned(glob::distinguished(glob::ref_names(), &refs));
        let inputs =
            pipeline.inputs().into_iter().map(|input| (input, owned(input.values().to_vec()))).collect();
        Names {
            branches: names.clone(),
            tags: names,
            paths: owned(glob::distinguished(glob::path_names(), &paths)),
            inputs,
        }
    }
}

/// The globs of refs and of paths that a pipeline mentions.
pub fn globs(pipeline: &Pipeline) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    fn of(condition: &Condition, refs: &mut BTreeSet<&'static str>, changes: &mut Vec<Change>) {
        match condition {
            Condition::Branch(glob) | Condition::Tag(glob) => {
                refs.insert(*glob);
            }
            Condition::Changed(all) => changes.extend(all),
            Condition::Not(part) => of(part, refs, changes),
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().for_each(|part| of(part, refs, changes));
            }
            Condition::Event(_) | Condition::Input(..) | Condition::Fork => {}
        }
    }
    let mut refs = BTreeSet::new();
    let mut changes = Vec::new();
    for trigger in &pipeline.triggers {
        if let Trigger::Push(globs) | Trigger::Tag(globs) = trigger {
            refs.extend(globs);
        }
    }
    refs.extend(pipeline.protect.iter().flatten());
    refs.extend(pipeline.protect_branch.iter().flatten());
    refs.extend(pipeline.protect_tag.iter().flatten());
    for stage in &pipeline.stages {
        if let Some(when) = &stage.when {
            of(when, &mut refs, &mut changes);
        }
        for node in &stage.nodes {
            if let What::Gate(Gate { unless_changed: Some(all), .. }) = &node.what {
                changes.extend(all);
            }
        }
    }
    let mut paths: BTreeSet<&'static str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Glob(glob) => Some(*glob),
            Change::Kind(_) => None,
        })
        .collect();
    paths.extend(pipeline.changes.iter().flat_map(|(_, globs)| globs));
    (refs, paths)
}

impl<'p> World<'p> {
    /// The runs over these names.
    pub fn new(pipeline: &'p Pipeline, names: Names) -> World<'p> {
        let Names { branches, tags, paths, inputs } = names;
        let mut world = World {
            pipeline,
            branches,
            tags,
            paths,
            inputs,
            stages: Vec::new(),
            protected_branches: 0,
            protected_tags: 0,
        };
        world.stages = pipeline
            .stages
            .iter()
            .map(|stage| stage.when.as_ref().map_or(Compiled::And(Vec::new()), |when| world.compiled(when)))
            .collect();
        let pushed = pipeline.triggers.iter().flat_map(|trigger| match trigger {
            Trigger::Push(globs) => globs.clone(),
            _ => Vec::new(),
        });
        let tagged = pipeline.triggers.iter().flat_map(|trigger| match trigger {
            Trigger::Tag(globs) => globs.clone(),
            _ => Vec::new(),
        });
        // A trigger that admits every name protects none.
        let named = |glob: &&str| glob.contains(char::is_alphanumeric);
        let said = |own: &Option<Vec<&'static str>>| match (&pipeline.protect, own) {
            (None, None) => None,
            (both, own) => Some(both.iter().chain(own).flatten().copied().collect::<Vec<_>>()),
        };
        let branches = said(&pipeline.protect_branch).unwrap_or_else(|| pushed.filter(named).collect());
        let tags = said(&pipeline.protect_tag).unwrap_or_else(|| tagged.filter(named).collect());
        world.protected_branches =
            set(&world.branches, |name| branches.iter().any(|it| glob::matches(it, name)));
        world.protected_tags = set(&world.tags, |name| tags.iter().any(|it| glob::matches(it, name)));
        world
    }

    /// Every run that a trigger admits.
    pub fn runs(&self) -> Vec<Run> {
        let subsets = 1u64 << self.paths.len();
        self.runs_that(
            &|event, branch, tag| self.has_trigger(event, branch, tag),
            &(0..subsets).collect::<Vec<_>>(),
        )
    }

    /// Gives every run, whatever the triggers let in, whose changes are among these sets of paths.
    pub fn all_runs(&self, changes: &[u64]) -> Vec<Run> {
        self.runs_that(&|_, _, _| true, changes)
    }

    fn runs_that(
        &self,
        is_wanted: &dyn Fn(Event, Option<usize>, Option<usize>) -> bool,
        known_changes: &[Set],
    ) -> Vec<Run> {
        let mut all = Vec::new();
        for event in Event::ALL {
            let forks: &[bool] = if event == Event::PullRequest { &[false, true] } else { &[false] };
            let on_branch = matches!(event, Event::Push | Event::Schedule | Event::Manual);
            let branches = places(on_branch.then_some(self.branches.len()));
            let tags = places((event == Event::Tag).then_some(self.tags.len()));
            let inputs = if event == Event::Manual { self.input_values() } else { vec![Vec::new()] };
            // If the changes are unknown, no condition depends on the paths.
            let always_unknown = matches!(event, Event::Tag | Event::Schedule | Event::Manual);
            let known: &[Set] = if always_unknown { &[] } else { known_changes };
            let changes: Vec<(Set, bool)> =
                known.iter().map(|changed| (*changed, false)).chain([(0, true)]).collect();
            for (branch, tag) in
                branches.iter().flat_map(|branch| tags.iter().map(move |tag| (*branch, *tag)))
            {
                if !is_wanted(event, branch, tag) {
                    continue;
                }
                for inputs in &inputs {
                    for &fork in forks {
                        for &(changed, unknown) in &changes {
                            let inputs = inputs.clone();
                            all.push(Run { event, fork, branch, tag, inputs, changed, unknown });
                        }
                    }
                }
            }
        }
        all
    }

    /// Whether a trigger lets a run in.
    pub fn admits(&self, run: &Run) -> bool {
        self.has_trigger(run.event, run.branch, run.tag)
    }

    /// The name of the branch of a run.
    pub fn branch(&self, run: &Run) -> Option<&str> {
        run.branch.map(|place| self.branches[place].as_str())
    }

    /// The name of the tag of a run.
    pub fn tag(&self, run: &Run) -> Option<&str> {
        run.tag.map(|place| self.tags[place].as_str())
    }

    /// The paths that a run changes.
    pub fn changed_paths(&self, run: &Run) -> Vec<&str> {
        let is_changed = |(place, _): &(usize, &String)| has(run.changed, *place);
        self.paths.iter().enumerate().filter(is_changed).map(|(_, path)| path.as_str()).collect()
    }

    /// The inputs of a run, with their values.
    pub fn inputs(&self, run: &Run) -> Vec<(Input, &str)> {
        let values = self.inputs.iter().zip(&run.inputs);
        values.map(|((input, values), place)| (*input, values[*place].as_str())).collect()
    }

    /// Whether a run is known to change a path of a kind, or a path that a glob matches.
    pub fn touches_named(&self, kind: Option<&str>, glob: Option<&str>, run: &Run) -> bool {
        let is_it = |path: &str| {
            kind.is_some_and(|kind| self.kind(path) == kind) || glob.is_some_and(|it| glob::matches(it, path))
        };
        run.unknown || self.changed_paths(run).into_iter().any(is_it)
    }

    /// Whether a stage is in a run.
    pub fn is_due(&self, stage: usize, run: &Run) -> bool {
        let deploys =
            self.pipeline.stages[stage].nodes.iter().any(|node| matches!(node.what, What::Deploy(..)));
        let condition = &self.stages[stage];
        let scheduled = !deploys || names_schedule(condition) || run.event != Event::Schedule;
        scheduled && self.holds(condition, run)
    }

    /// The runs in which a gate is exempt.
    pub fn exemption(&self, gate: &Gate) -> impl Fn(&Run) -> bool + use<> {
        let judged = gate.unless_changed.as_ref().map(|changes| self.changed(changes));
        let on_fork = gate.on_fork;
        move |run| {
            let changed = judged.is_none_or(|paths| run.unknown || run.changed & paths != 0);
            (on_fork && run.fork) || !changed
        }
    }

    /// Whether a run is on a protected branch or tag.
    pub fn is_protected(&self, run: &Run) -> bool {
        run.branch.is_some_and(|place| has(self.protected_branches, place))
            || run.tag.is_some_and(|place| has(self.protected_tags, place))
    }

    /// Whether a run changes a path of the kind, as far as is known.
    pub fn changes(&self, kind: &'static str, run: &Run) -> bool {
        self.touches(&[Change::Kind(kind)], run)
    }

    /// Whether a run changes a path of one of these, as far as is known.
    pub fn touches(&self, changes: &[Change], run: &Run) -> bool {
        run.unknown || run.changed & self.changed(changes) != 0
    }

    /// Whether the kind has paths.
    pub fn has_kind(&self, kind: &'static str) -> bool {
        self.changed(&[Change::Kind(kind)]) != 0
    }

    /// Whether the line of `change` with this index is the last to claim some path.
    pub fn claims(&self, line: usize) -> bool {
        let claiming = |path: &String| {
            let claims = |(_, globs): &(&str, Vec<&str>)| globs.iter().any(|it| glob::matches(it, path));
            self.pipeline.changes.iter().rposition(claims)
        };
        self.paths.iter().any(|path| claiming(path) == Some(line))
    }

    /// The number of paths.
    pub fn path_count(&self) -> usize {
        self.paths.len()
    }

    /// Whether a trigger of the pipeline admits this event for a branch or tag.
    fn has_trigger(&self, event: Event, branch: Option<usize>, tag: Option<usize>) -> bool {
        let in_any = |globs: &[&str], name: &str| globs.iter().any(|it| glob::matches(it, name));
        self.pipeline.triggers.iter().any(|trigger| match (trigger, event) {
            (Trigger::Push(globs), Event::Push) => {
                branch.is_some_and(|place| in_any(globs, &self.branches[place]))
            }
            (Trigger::Tag(globs), Event::Tag) => tag.is_some_and(|place| in_any(globs, &self.tags[place])),
            (Trigger::PullRequest(_), Event::PullRequest)
            | (Trigger::Schedule, Event::Schedule)
            | (Trigger::Manual(_), Event::Manual)
            | (Trigger::MergeQueue, Event::MergeQueue) => true,
            _ => false,
        })
    }

    fn input_values(&self) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = vec![Vec::new()];
        for (_, values) in &self.inputs {
            let longer = |start: &Vec<usize>| {
                let start = start.clone();
                (0..values.len()).map(move |value| [start.as_slice(), &[value]].concat())
            };
            all = all.iter().flat_map(longer).collect();
        }
        all
    }

    fn compiled(&self, condition: &Condition) -> Compiled {
        let each = |parts: &[Condition]| parts.iter().map(|part| self.compiled(part)).collect();
        match condition {
            Condition::Event(event) => Compiled::Event(*event),
            Condition::Branch(it) => Compiled::Branch(set(&self.branches, |name| glob::matches(it, name))),
            Condition::Tag(it) => Compiled::Tag(set(&self.tags, |name| glob::matches(it, name))),
            Condition::Changed(changes) => Compiled::Changed(self.changed(changes)),
            Condition::Input(input, value) => {
                let place = self.inputs.iter().position(|(known, _)| known == input);
                place.map_or(Compiled::Or(Vec::new()), |place| {
                    Compiled::Input(place, set(&self.inputs[place].1, |known| known == *value))
                })
            }
            Condition::Fork => Compiled::Fork,
            Condition::Not(part) => Compiled::Not(Box::new(self.compiled(part))),
            Condition::And(parts) => Compiled::And(each(parts)),
            Condition::Or(parts) => Compiled::Or(each(parts)),
        }
    }

    /// The paths that are of one of these.
    fn changed(&self, changes: &[Change]) -> Set {
        set(&self.paths, |path| {
            changes.iter().any(|change| match change {
                Change::Glob(it) => glob::matches(it, path),
                Change::Kind(kind) => self.kind(path) == *kind,
            })
        })
    }

    /// The kind of a path. Later lines take precedence, and a path without a line is code.
    fn kind(&self, path: &str) -> &'static str {
        let mut kind = "code";
        for (claimed, globs) in &self.pipeline.changes {
            if globs.iter().any(|it| glob::matches(it, path)) {
                kind = claimed;
            }
        }
        kind
    }

    fn holds(&self, condition: &Compiled, run: &Run) -> bool {
        match condition {
            Compiled::Event(event) => run.event == *event,
            Compiled::Branch(names) => run.branch.is_some_and(|place| has(*names, place)),
            Compiled::Tag(names) => run.tag.is_some_and(|place| has(*names, place)),
            Compiled::Changed(paths) => run.unknown || run.changed & paths != 0,
            Compiled::Input(input, values) => {
                run.inputs.get(*input).is_some_and(|place| has(*values, *place))
            }
            Compiled::Fork => run.fork,
            Compiled::Not(part) => !self.holds(part, run),
            Compiled::And(parts) => parts.iter().all(|part| self.holds(part, run)),
            Compiled::Or(parts) => parts.iter().any(|part| self.holds(part, run)),
        }
    }
}

fn names_schedule(condition: &Compiled) -> bool {
    match condition {
        Compiled::Event(event) => *event == Event::Schedule,
        Compiled::Not(part) => names_schedule(part),
        Compiled::And(parts) | Compiled::Or(parts) => parts.iter().any(names_schedule),
        _ => false,
    }
}

fn places(count: Option<usize>) -> Vec<Option<usize>> {
    count.map_or_else(|| vec![None], |count| (0..count).map(Some).collect())
}

fn set(names: &[String], holds: impl Fn(&str) -> bool) -> Set {
    names.iter().enumerate().filter(|(_, name)| holds(name)).map(|(place, _)| 1 << place).sum()
}

fn has(set: Set, place: usize) -> bool {
    set >> place & 1 == 1
}
