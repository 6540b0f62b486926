//! The facts of a run as propositions (language reference, "The theorems").
//!
//! The facts are the event that started the run, its branch or tag, and its changes.
//!
//! Branches, tags and paths are infinite sets. A [`Vocabulary`] lists the globs that conditions, triggers and `protect`
//! mention, so each set is split into *regions*: the non-empty combinations of these globs. A region is a variable.
//!
//! ```text
//! on push to main                      variables: push, fork, b₀ (`main`), b₁ (any other branch), unknown,
//! on pull-request to main                         pull-request, p₀ (`docs/**`), p₁ (any other path)
//! stage site when changed "docs/**"    condition: unknown ∨ p₀
//!                                      every run: exactly one event; push ⇔ exactly one of b₀ and b₁;
//!                                                 fork ⇒ pull-request
//! ```
//!
//! A question takes a handle that a vocabulary gave out. A glob is no handle, so asking about one does not compile:
//!
//! ```compile_fail,E0308
//! # use pipec_ir::facts::{Facts, Vocabulary};
//! let facts = Facts::over(Vocabulary::new()).unwrap();
//! facts.branch(pipec_logic::Glob::parse("main").unwrap());
//! ```

mod axis;
mod condition;
mod refs;
mod run;
mod source;
mod vocabulary;

use crate::Event;
use axis::Axis;
use pipec_logic::{Limits, Model, Proposition, Propositions, TooLarge, VariableId};
use std::collections::{BTreeMap, BTreeSet};

pub use condition::{ChangeId, ResolvedCondition};
pub use refs::Refs;
pub use run::{Changed, Run};
pub use source::{ResolvedSource, ResolvedTrigger, SourceFacts, queue_branches_in};
pub use vocabulary::{BranchId, InputValueId, KindId, PathsId, TagId, Vocabulary};

/// The maximum number of states in the product of all globs. A pipeline of 300 globs takes a few thousand.
const REGION_STATES: usize = 100_000;

/// The facts of runs, as far as a vocabulary tells runs apart.
///
/// A question about a handle of another vocabulary gets an answer on which no decision can be made.
#[derive(Debug)]
pub struct Facts {
    vocabulary: Vocabulary,
    propositions: Propositions,
    events: BTreeMap<Event, VariableId>,
    fork: VariableId,
    unknown: VariableId,
    branches: Axis,
    tags: Axis,
    paths: Axis,
    inputs: BTreeMap<String, BTreeMap<String, VariableId>>,
    trusted: Proposition,
    untrusted: Proposition,
    valid: Proposition,
}

impl Facts {
    /// The facts that a vocabulary distinguishes.
    ///
    /// # Errors
    /// If its globs split the names into more regions than can be computed.
    pub fn over(mut vocabulary: Vocabulary) -> Result<Facts, TooLarge> {
        vocabulary.complete();
        let propositions = Propositions::new(Limits::default());
        let events: BTreeMap<Event, VariableId> =
            vocabulary.events.iter().map(|event| (*event, propositions.new_variable())).collect();
        let fork = propositions.new_variable();
        let branches = Axis::of(&vocabulary.branches, REGION_STATES, &propositions)?;
        let tags = Axis::of(&vocabulary.tags, REGION_STATES, &propositions)?;
        let inputs = vocabulary
            .distinguished_values()
            .into_iter()
            .map(|(name, values)| {
                let variables =
                    values.into_iter().map(|value| (value, propositions.new_variable())).collect();
                (name, variables)
            })
            .collect();
        let unknown = propositions.new_variable();
        let paths = Axis::of(&vocabulary.paths, REGION_STATES, &propositions)?;
        let of_events = |trusted: bool| -> Proposition {
            let wanted = events.iter().filter(|(event, _)| event.is_trusted() == trusted);
            propositions.any_of(&wanted.map(|(_, variable)| *variable).collect::<Vec<_>>())
        };
        let mut facts = Facts {
            trusted: of_events(true),
            untrusted: of_events(false),
            valid: propositions.truth(),
            vocabulary,
            propositions,
            events,
            fork,
            unknown,
            branches,
            tags,
            paths,
            inputs,
        };
        facts.valid = facts.constraints();
        Ok(facts)
    }

    /// Leaves only the runs in which the proposition holds.
    pub fn admit_only(&mut self, runs: &Proposition) {
        self.valid = self.propositions.and(&self.valid, runs);
    }

    /// The vocabulary of the facts.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The operations on its propositions.
    pub fn propositions(&self) -> &Propositions {
        &self.propositions
    }

    /// The runs that are possible. For example, the events exclude each other, and a push has exactly one branch.
    pub fn valid(&self) -> &Proposition {
        &self.valid
    }

    /// That this event started the run; never true for an event that the vocabulary lacks.
    pub fn event(&self, event: Event) -> Proposition {
        self.events
            .get(&event)
            .map_or_else(|| self.propositions.falsehood(), |variable| self.propositions.variable(*variable))
    }

    /// That one of these events started the run.
    pub fn any_event(&self, events: impl IntoIterator<Item = Event>) -> Proposition {
        let variables: Vec<VariableId> =
            events.into_iter().filter_map(|event| self.events.get(&event).copied()).collect();
        self.propositions.any_of(&variables)
    }

    /// That the code of the run is reviewed. So it is neither a pull request nor the merge queue.
    pub fn trusted(&self) -> Proposition {
        self.trusted.clone()
    }

    /// That the run is for a pull request or the merge queue.
    pub fn untrusted(&self) -> Proposition {
        self.untrusted.clone()
    }

    /// That the run is for a pull request of a fork or a bot.
    pub fn fork(&self) -> Proposition {
        self.propositions.variable(self.fork)
    }

    /// That the changes are unknown.
    pub fn unknown(&self) -> Proposition {
        self.propositions.variable(self.unknown)
    }

    /// That the branch of the running commit is one of these.
    pub fn branch(&self, names: BranchId) -> Proposition {
        self.inside(&self.branches, self.vocabulary.branch_place(names))
    }

    /// For each region of branches, that the branch is in it.
    pub fn branch_regions(&self) -> Vec<Proposition> {
        let variables = self.branches.variables().iter();
        variables.map(|variable| self.propositions.variable(*variable)).collect()
    }

    /// That the tag is one of these.
    pub fn tag(&self, names: TagId) -> Proposition {
        self.inside(&self.tags, self.vocabulary.tag_place(names))
    }

    /// That the name is in the language at an index of the vocabulary.
    fn inside(&self, axis: &Axis, place: Option<usize>) -> Proposition {
        place.map_or_else(
            || self.propositions.undecidable(),
            |place| self.propositions.any_of(&axis.inside(place)),
        )
    }

    /// That one of these changes happened, or that the change is unknown.
    pub fn changed(&self, changes: &[ChangeId]) -> Proposition {
        let mut variables = vec![self.unknown];
        for change in changes {
            let Some(more) = self.paths_of_change(*change) else { return self.propositions.undecidable() };
            variables.extend(more);
        }
        self.propositions.any_of(&variables)
    }

    /// The variables of the paths of a change, if the change is of this vocabulary.
    fn paths_of_change(&self, change: ChangeId) -> Option<Vec<VariableId>> {
        match change {
            ChangeId::Paths(paths) => Some(self.paths.inside(self.vocabulary.paths_place(paths)?)),
            ChangeId::Kind(kind) => {
                let regions = self.regions_of(self.vocabulary.kind_name(kind)?);
                Some(regions.filter_map(|region| self.paths.variable(region)).collect())
            }
        }
    }

    /// The regions of paths of a kind.
    fn regions_of(&self, kind: &str) -> impl Iterator<Item = usize> {
        let is_of_kind = move |region: &usize| {
            self.vocabulary.kind_of(|place| self.paths.is_inside(*region, place)) == kind
        };
        self.paths.regions().filter(is_of_kind)
    }

    /// Whether any path has a kind. Also true for a kind of another vocabulary.
    pub fn has_paths_of(&self, kind: KindId) -> bool {
        self.vocabulary.kind_name(kind).is_none_or(|kind| self.regions_of(kind).next().is_some())
    }

    /// For each region of paths of a kind, two propositions. They are that one of its paths changed, and that nothing
    /// else did.
    pub fn known_changes_of(&self, kind: KindId) -> Vec<(Proposition, Proposition)> {
        let Some(kind) = self.vocabulary.kind_name(kind) else {
            return vec![(self.propositions.undecidable(), self.propositions.undecidable())];
        };
        let changes =
            self.regions_of(kind).filter_map(|region| self.paths.variable(region)).map(|variable| {
                let changed =
                    self.propositions.and_not(&self.propositions.variable(variable), &self.unknown());
                let others: Vec<VariableId> =
                    self.paths.variables().iter().copied().filter(|other| *other != variable).collect();
                let alone = self.propositions.and(&changed, &self.propositions.none_of(&others));
                (changed, alone)
            });
        changes.collect()
    }

    /// That the input of a manual run has this value.
    pub fn input(&self, value: InputValueId) -> Proposition {
        let known = self.vocabulary.input_and_value(value);
        let variable = known.and_then(|(name, value)| self.inputs.get(name)?.get(value));
        variable
            .map_or_else(|| self.propositions.undecidable(), |variable| self.propositions.variable(*variable))
    }

    /// The simplest run in which the proposition holds. Prefers a run with a change.
    ///
    /// # Errors
    /// If the proposition is too large to decide.
    pub fn run(&self, proposition: &Proposition) -> Result<Option<Run>, TooLarge> {
        if !self.propositions.is_satisfiable(proposition)? {
            return Ok(None);
        }
        let mut variables = self.paths.variables().to_vec();
        variables.push(self.unknown);
        let changes = self.propositions.any_of(&variables);
        let natural = self.propositions.and(proposition, &changes);
        let cost = |variable| self.cost(variable);
        let model = match self.propositions.cheapest_model(&natural, cost)? {
            Some(model) => Some(model),
            None => self.propositions.cheapest_model(proposition, cost)?,
        };
        Ok(model.map(|model| self.describe(proposition, &model)))
    }

    /// The valuation of a run. A fact that the run does not have is false.
    ///
    /// A run whose paths make no difference changes nothing. Of an input without a value of the run, no value is true.
    pub fn model_of(&self, run: &Run) -> Model {
        let mut model = Model::default();
        let mut set = |variable: Option<VariableId>| {
            if let Some(variable) = variable {
                model.set(variable, true);
            }
        };
        set(self.events.get(&run.event).copied());
        set(Some(self.fork).filter(|_| run.fork));
        set(run.branch.as_ref().and_then(|branch| self.branches.variable_of(branch)));
        set(run.tag.as_ref().and_then(|tag| self.tags.variable_of(tag)));
        match &run.changed {
            Changed::Unknown => set(Some(self.unknown)),
            Changed::Paths(paths) => paths.iter().for_each(|path| set(self.paths.variable_of(path))),
            Changed::Irrelevant => {}
        }
        for (name, value) in &run.inputs {
            let Some(values) = self.inputs.get(name) else { continue };
            // An open type has one extra value. It represents all values that no condition names.
            let is_other = |value: &&String| self.vocabulary.input_value(name, value).is_none();
            let known = values.get(value).or_else(|| values.get(values.keys().find(is_other)?));
            set(known.copied());
        }
        model
    }

    /// The part of a valuation that matters. The proposition holds whatever values the omitted facts have.
    fn describe(&self, proposition: &Proposition, model: &Model) -> Run {
        let mut free: BTreeSet<VariableId> =
            self.paths.variables().iter().copied().chain([self.unknown]).collect();
        let paths_matter = self.depends_on(proposition, model, &free);
        if paths_matter {
            free.clear();
        }
        let mut run = self.describe_all(model, paths_matter);
        for (name, values) in &self.inputs {
            let mut more = free.clone();
            more.extend(values.values());
            if !self.depends_on(proposition, model, &more) {
                run.inputs.remove(name);
                free = more;
            }
        }
        run
    }

    /// Whether the proposition depends on these variables. It does if it fails in some run that differs from the
    /// valuation only in them.
    fn depends_on(&self, proposition: &Proposition, model: &Model, free: &BTreeSet<VariableId>) -> bool {
        let fixed = self.propositions.variables().filter(|variable| !free.contains(variable));
        let (yes, no): (Vec<VariableId>, Vec<VariableId>) =
            fixed.partition(|variable| model.is_true(*variable));
        let yes: Vec<Proposition> = yes.into_iter().map(|it| self.propositions.variable(it)).collect();
        let same = self.propositions.and(&self.propositions.none_of(&no), &self.propositions.all(&yes));
        let runs = self.propositions.and(&same, &self.valid);
        // If that is too large to decide, the description omits nothing.
        !self.propositions.implies_always(&runs, proposition).unwrap_or(false)
    }

    /// Describes every fact of a valuation in words.
    fn describe_all(&self, model: &Model, paths_matter: bool) -> Run {
        let event = self
            .events
            .iter()
            .find(|(_, variable)| model.is_true(**variable))
            .map_or(Event::Push, |(event, _)| *event);
        let changed = if model.is_true(self.unknown) {
            Changed::Unknown
        } else if paths_matter {
            Changed::Paths(self.paths.witnesses(model))
        } else {
            Changed::Irrelevant
        };
        let inputs = self
            .inputs
            .iter()
            .filter_map(|(name, values)| {
                let (value, _) = values.iter().find(|(_, variable)| model.is_true(**variable))?;
                Some((name.clone(), value.clone()))
            })
            .collect();
        Run {
            event,
            fork: model.is_true(self.fork),
            branch: self.branches.witnesses(model).into_iter().next(),
            tag: self.tags.witnesses(model).into_iter().next(),
            inputs,
            changed,
        }
    }

    /// How hard a fact is to understand in a counterexample: the cheapest run is shown.
    ///
    /// A push to a known branch is easier than a manual run with an unknown change. A name that the program spells out
    /// is known, so it costs nothing.
    fn cost(&self, variable: VariableId) -> u32 {
        let of_event = |event: Event| self.events.get(&event) == Some(&variable);
        if of_event(Event::Push) {
            2
        } else if of_event(Event::Tag) || of_event(Event::PullRequest) {
            4
        } else if of_event(Event::Schedule) || of_event(Event::Manual) || of_event(Event::MergeQueue) {
            8
        } else if variable == self.unknown {
            18
        } else if variable == self.fork {
            4
        } else if let Some(is_literal) = self.branches.is_literal(variable).or(self.tags.is_literal(variable))
        {
            u32::from(!is_literal)
        } else {
            2
        }
    }

    /// The constraints on every run, whatever runs the triggers admit.
    fn constraints(&self) -> Proposition {
        let propositions = &self.propositions;
        let events: Vec<VariableId> = self.events.values().copied().collect();
        let on_branch = self.any_event(Event::ALL.into_iter().filter(|event| event.has_branch()));
        let on_tag = self.event(Event::Tag);
        let exactly_if = |condition: &Proposition, variables: &[VariableId]| {
            let one = propositions.implies(condition, &propositions.exactly_one(variables));
            let none = propositions.or(condition, &propositions.none_of(variables));
            propositions.and(&one, &none)
        };
        let mut all = vec![
            propositions.exactly_one(&events),
            propositions.implies(&self.fork(), &self.event(Event::PullRequest)),
            exactly_if(&on_branch, self.branches.variables()),
            exactly_if(&on_tag, self.tags.variables()),
            propositions
                .implies(&self.any_event([Event::Tag, Event::Schedule, Event::Manual]), &self.unknown()),
        ];
        let manual = self.event(Event::Manual);
        for values in self.inputs.values() {
            all.push(exactly_if(&manual, &values.values().copied().collect::<Vec<_>>()));
        }
        propositions.all(&all)
    }
}
