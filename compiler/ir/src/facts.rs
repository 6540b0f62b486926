//! The facts of a run as propositions: what may start a pipeline, and which of its stages are then in the run
//! (language reference, "The theorems").
//!
//! Branches, tags and paths are infinite; what conditions, triggers and `protect` can tell apart is not. So each of the
//! three is cut into regions, the non-empty combinations of the globs that are mentioned, and a region is a variable.

mod axis;
mod refs;
mod run;

use crate::{Change, Condition, Event, Exemption, Gate, InputType, Node, Pipeline, Stage, Trigger};
use axis::Axis;
use pipec_logic::{Glob, Language, Limits, Model, Proposition, Propositions, TooLarge, VariableId};
pub use refs::Refs;
pub use run::{Changed, Run};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// States of one product of globs; past it a proof is undecided. A pipeline of 300 globs takes a few thousand.
const REGION_STATES: usize = 100_000;

/// What a caller needs told apart besides what the pipeline itself mentions.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Languages of branch names.
    pub branches: Vec<Language>,
    /// Languages of tag names.
    pub tags: Vec<Language>,
}

/// The facts of one pipeline's runs.
#[derive(Clone, Debug)]
pub struct Facts<'p> {
    pipeline: &'p Pipeline,
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
    /// When each stage is due, once that was asked: its nodes are many.
    due: Vec<OnceCell<Proposition>>,
}

impl<'p> Facts<'p> {
    /// The facts a pipeline's conditions can tell apart.
    pub fn of(pipeline: &'p Pipeline) -> Result<Facts<'p>, TooLarge> {
        Facts::with(pipeline, Extra::default())
    }

    /// The same, told further apart.
    pub fn with(pipeline: &'p Pipeline, extra: Extra) -> Result<Facts<'p>, TooLarge> {
        Facts::over(pipeline, Mentioned::in_pipeline(pipeline), extra)
    }

    /// The same, with every kind of change told apart even where no condition asks for one.
    pub fn with_kinds(pipeline: &'p Pipeline) -> Result<Facts<'p>, TooLarge> {
        let mut mentioned = Mentioned::in_pipeline(pipeline);
        for rule in &pipeline.changes {
            add(&mut mentioned.paths, &rule.globs);
        }
        Facts::over(pipeline, mentioned, Extra::default())
    }

    fn over(pipeline: &'p Pipeline, mentioned: Mentioned, extra: Extra) -> Result<Facts<'p>, TooLarge> {
        let propositions = Propositions::new(Limits::default());
        let events: BTreeMap<Event, VariableId> =
            pipeline.events().into_iter().map(|event| (event, propositions.new_variable())).collect();
        let fork = propositions.new_variable();
        let branches = Axis::of(mentioned.branches, extra.branches, REGION_STATES, &propositions)?;
        let tags = Axis::of(mentioned.tags, extra.tags, REGION_STATES, &propositions)?;
        let inputs = mentioned
            .inputs
            .into_iter()
            .map(|(name, values)| {
                let variables =
                    values.into_iter().map(|value| (value, propositions.new_variable())).collect();
                (name, variables)
            })
            .collect();
        let unknown = propositions.new_variable();
        let paths = Axis::of(mentioned.paths, Vec::new(), REGION_STATES, &propositions)?;
        let of_events = |trusted: bool| -> Proposition {
            let wanted = events.iter().filter(|(event, _)| event.is_trusted() == trusted);
            propositions.any_of(&wanted.map(|(_, variable)| *variable).collect::<Vec<_>>())
        };
        let mut facts = Facts {
            trusted: of_events(true),
            untrusted: of_events(false),
            valid: propositions.truth(),
            due: vec![OnceCell::new(); pipeline.stages.len()],
            pipeline,
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

    /// The pipeline they are of.
    pub fn pipeline(&self) -> &'p Pipeline {
        self.pipeline
    }

    /// The operations on its propositions.
    pub fn propositions(&self) -> &Propositions {
        &self.propositions
    }

    /// V: what holds of every run.
    pub fn valid(&self) -> &Proposition {
        &self.valid
    }

    /// That this event started the run; never, for one that no trigger lets in.
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

    /// That the run is of reviewed code: not of a pull request nor of the merge queue.
    pub fn trusted(&self) -> Proposition {
        self.trusted.clone()
    }

    /// That the run is of a pull request or of the merge queue.
    pub fn untrusted(&self) -> Proposition {
        self.untrusted.clone()
    }

    /// That the run is of a fork's or a bot's pull request.
    pub fn fork(&self) -> Proposition {
        self.propositions.variable(self.fork)
    }

    /// That what changed can't be told.
    pub fn unknown(&self) -> Proposition {
        self.propositions.variable(self.unknown)
    }

    /// That the branch whose commit runs lies in the glob; it must be one the pipeline mentions.
    pub fn branch(&self, glob: &Glob) -> Proposition {
        self.propositions.any_of(&self.branches.inside(glob.text()))
    }

    /// For each region of branches, that the branch lies in it.
    pub fn branch_regions(&self) -> Vec<Proposition> {
        self.branches.variables().into_iter().map(|variable| self.propositions.variable(variable)).collect()
    }

    /// That the branch lies in the extra language of this place.
    pub fn extra_branch(&self, place: usize) -> Proposition {
        self.propositions.any_of(&self.branches.inside_extra(place))
    }

    /// That the tag lies in the glob; it must be one the pipeline mentions.
    pub fn tag(&self, glob: &Glob) -> Proposition {
        self.propositions.any_of(&self.tags.inside(glob.text()))
    }

    /// That the tag lies in the extra language of this place.
    pub fn extra_tag(&self, place: usize) -> Proposition {
        self.propositions.any_of(&self.tags.inside_extra(place))
    }

    /// That a changed path is of one of these, or the change is unknown.
    pub fn changed(&self, changes: &[Change]) -> Proposition {
        let mut variables = vec![self.unknown];
        for change in changes {
            match change {
                Change::Glob(glob) => variables.extend(self.paths.inside(glob.text())),
                Change::Kind(kind) => variables.extend(
                    self.paths
                        .regions()
                        .filter(|region| self.kind_of(*region) == kind.as_str())
                        .filter_map(|region| self.paths.variable(region)),
                ),
            }
        }
        self.propositions.any_of(&variables)
    }

    /// Whether any path is of this kind; what cuts the paths must tell the kinds apart.
    pub fn has_paths_of(&self, kind: &str) -> bool {
        self.paths.regions().any(|region| self.kind_of(region) == kind)
    }

    /// For each region of paths of this kind: that a path of it is known to have changed, and that nothing else did besides.
    pub fn known_changes_of(&self, kind: &str) -> Vec<(Proposition, Proposition)> {
        let regions = self.paths.regions().filter(|region| self.kind_of(*region) == kind);
        let changes = regions.filter_map(|region| self.paths.variable(region)).map(|variable| {
            let changed = self.propositions.and_not(&self.propositions.variable(variable), &self.unknown());
            let others: Vec<VariableId> =
                self.paths.variables().into_iter().filter(|other| *other != variable).collect();
            let alone = self.propositions.and(&changed, &self.propositions.none_of(&others));
            (changed, alone)
        });
        changes.collect()
    }

    /// That the input of a manual run has this value; it must be one the pipeline mentions.
    pub fn input(&self, name: &str, value: &str) -> Proposition {
        self.inputs
            .get(name)
            .and_then(|values| values.get(value))
            .map_or_else(|| self.propositions.falsehood(), |variable| self.propositions.variable(*variable))
    }

    /// That the condition holds.
    pub fn condition(&self, condition: &Condition) -> Proposition {
        let each = |parts: &[Condition]| -> Vec<Proposition> {
            parts.iter().map(|part| self.condition(part)).collect()
        };
        match condition {
            Condition::Always => self.propositions.truth(),
            Condition::All(parts) => self.propositions.all(&each(parts)),
            Condition::Any(parts) => self.propositions.any(&each(parts)),
            Condition::Not(part) => self.propositions.not(&self.condition(part)),
            Condition::Event(event) => self.event(*event),
            Condition::Branch(glob) => self.branch(glob),
            Condition::Tag(glob) => self.tag(glob),
            Condition::Changed(changes) => self.changed(changes),
            Condition::Input { name, value } => self.input(name, value),
            Condition::Fork => self.fork(),
        }
    }

    /// That a run is valid and contains the stage.
    pub fn due(&self, stage: &Stage) -> Proposition {
        let mut due = self.propositions.and(&self.valid, &self.condition(&stage.condition));
        if !stage.runs_on_schedule {
            due = self.propositions.and_not(&due, &self.event(Event::Schedule));
        }
        due
    }

    /// That a run is valid and contains the node.
    pub fn due_node(&self, node: &Node) -> Proposition {
        let known = self.due.get(node.stage.0).zip(self.pipeline.stage_of(node));
        known.map_or_else(
            || self.propositions.falsehood(),
            |(known, stage)| known.get_or_init(|| self.due(stage)).clone(),
        )
    }

    /// That one of the gate's exemptions holds.
    pub fn exempt(&self, gate: &Gate) -> Proposition {
        let rules: Vec<Proposition> = gate
            .exemptions
            .iter()
            .map(|rule| match &rule.when {
                Exemption::UnlessChanged(changes) => self.propositions.not(&self.changed(changes)),
                Exemption::OnFork => self.fork(),
            })
            .collect();
        self.propositions.any(&rules)
    }

    /// That the run is of a protected branch or tag.
    pub fn protected(&self) -> Proposition {
        let mut parts: Vec<Proposition> =
            self.pipeline.protected_branches.iter().map(|glob| self.branch(glob)).collect();
        parts.extend(self.pipeline.protected_tags.iter().map(|glob| self.tag(glob)));
        self.propositions.any(&parts)
    }

    /// A run in which the proposition holds: the plainest there is, and one that changes something if any does.
    pub fn run(&self, proposition: &Proposition) -> Result<Option<Run>, TooLarge> {
        if !self.propositions.is_satisfiable(proposition)? {
            return Ok(None);
        }
        let mut variables = self.paths.variables();
        variables.push(self.unknown);
        let changes = self.propositions.any_of(&variables);
        let natural = self.propositions.and(proposition, &changes);
        let cost = |variable| self.cost(variable);
        let model = match self.propositions.cheapest_model(&natural, cost)? {
            Some(model) => Some(model),
            None => self.propositions.cheapest_model(proposition, cost)?,
        };
        Ok(model.map(|model| self.telling(proposition, &model)))
    }

    /// What of a valuation matters: whatever is left out may be anything, and the proposition holds all the same.
    fn telling(&self, proposition: &Proposition, model: &Model) -> Run {
        let mut free: BTreeSet<VariableId> =
            self.paths.variables().into_iter().chain([self.unknown]).collect();
        let paths_matter = self.needs(proposition, model, &free);
        if paths_matter {
            free.clear();
        }
        let mut run = self.describe(model, paths_matter);
        for (name, values) in &self.inputs {
            let mut more = free.clone();
            more.extend(values.values());
            if !self.needs(proposition, model, &more) {
                run.inputs.remove(name);
                free = more;
            }
        }
        run
    }

    /// Whether the proposition fails in some run that differs from the valuation in these variables alone.
    fn needs(&self, proposition: &Proposition, model: &Model, free: &BTreeSet<VariableId>) -> bool {
        let fixed = self.propositions.variables().filter(|variable| !free.contains(variable));
        let (yes, no): (Vec<VariableId>, Vec<VariableId>) =
            fixed.partition(|variable| model.is_true(*variable));
        let yes: Vec<Proposition> = yes.into_iter().map(|it| self.propositions.variable(it)).collect();
        let same = self.propositions.and(&self.propositions.none_of(&no), &self.propositions.all(&yes));
        let runs = self.propositions.and(&same, &self.valid);
        // Where that can't be told, all is told.
        !self.propositions.implies_always(&runs, proposition).unwrap_or(false)
    }

    /// What a valuation says, in people's words.
    pub fn describe(&self, model: &Model, paths_matter: bool) -> Run {
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

    /// People understand a push to a known branch sooner than a manual run with an unknown change. Every run of a branch
    /// or tag has one, so that only its name counts: one that the program writes out is known.
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

    /// The kind of change that the paths of a region are: the last rule that claims them, else code.
    fn kind_of(&self, region: usize) -> &str {
        self.pipeline
            .changes
            .iter()
            .rev()
            .find(|rule| rule.globs.iter().any(|glob| self.paths.is_inside(region, glob.text())))
            .map_or("code", |rule| rule.kind.as_str())
    }

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
            exactly_if(&on_branch, &self.branches.variables()),
            exactly_if(&on_tag, &self.tags.variables()),
            propositions
                .implies(&self.any_event([Event::Tag, Event::Schedule, Event::Manual]), &self.unknown()),
        ];
        let manual = self.event(Event::Manual);
        for values in self.inputs.values() {
            all.push(exactly_if(&manual, &values.values().copied().collect::<Vec<_>>()));
        }
        let let_in: Vec<Proposition> = self
            .pipeline
            .triggers
            .iter()
            .map(|trigger| {
                let event = self.event(trigger.event());
                let filter = match trigger {
                    Trigger::Push(globs, _) => {
                        propositions.any(&globs.iter().map(|glob| self.branch(glob)).collect::<Vec<_>>())
                    }
                    Trigger::Tag(globs, _) => {
                        propositions.any(&globs.iter().map(|glob| self.tag(glob)).collect::<Vec<_>>())
                    }
                    _ => propositions.truth(),
                };
                propositions.and(&event, &filter)
            })
            .collect();
        all.push(propositions.any(&let_in));
        propositions.all(&all)
    }
}

/// What a pipeline's triggers, conditions, exemptions and `protect` tell apart.
#[derive(Default)]
struct Mentioned {
    branches: BTreeMap<String, Language>,
    tags: BTreeMap<String, Language>,
    paths: BTreeMap<String, Language>,
    inputs: BTreeMap<String, BTreeSet<String>>,
}

impl Mentioned {
    fn in_pipeline(pipeline: &Pipeline) -> Mentioned {
        let mut mentioned = Mentioned::default();
        for trigger in &pipeline.triggers {
            match trigger {
                Trigger::Push(globs, _) => add(&mut mentioned.branches, globs),
                Trigger::Tag(globs, _) => add(&mut mentioned.tags, globs),
                Trigger::PullRequest(..)
                | Trigger::Schedule(..)
                | Trigger::Manual(..)
                | Trigger::MergeQueue(_) => {}
            }
        }
        add(&mut mentioned.branches, &pipeline.protected_branches);
        add(&mut mentioned.tags, &pipeline.protected_tags);
        for stage in &pipeline.stages {
            for atom in stage.condition.atoms() {
                mentioned.atom(atom);
            }
        }
        for (_, gate) in pipeline.gates() {
            for rule in &gate.exemptions {
                if let Exemption::UnlessChanged(changes) = &rule.when {
                    mentioned.changes(changes);
                }
            }
        }
        if mentioned.asks_for_kinds(pipeline) {
            for rule in &pipeline.changes {
                add(&mut mentioned.paths, &rule.globs);
            }
        }
        mentioned.complete_inputs(pipeline);
        mentioned
    }

    fn atom(&mut self, atom: &Condition) {
        match atom {
            Condition::Branch(glob) => add(&mut self.branches, [glob]),
            Condition::Tag(glob) => add(&mut self.tags, [glob]),
            Condition::Changed(changes) => self.changes(changes),
            Condition::Input { name, value } => {
                self.inputs.entry(name.clone()).or_default().insert(value.clone());
            }
            _ => {}
        }
    }

    fn changes(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::Glob(glob) = change {
                add(&mut self.paths, [glob]);
            }
        }
    }

    /// Where nothing asks for a kind, the rules that give kinds would only multiply the regions.
    fn asks_for_kinds(&self, pipeline: &Pipeline) -> bool {
        let is_kind = |change: &Change| matches!(change, Change::Kind(_));
        let in_stages = pipeline
            .stages
            .iter()
            .flat_map(|stage| stage.condition.atoms())
            .any(|atom| matches!(atom, Condition::Changed(changes) if changes.iter().any(is_kind)));
        let in_gates = pipeline.gates().flat_map(|(_, gate)| &gate.exemptions).any(
            |rule| matches!(&rule.when, Exemption::UnlessChanged(changes) if changes.iter().any(is_kind)),
        );
        in_stages || in_gates
    }

    /// Adds the values that no condition mentions: all of a closed type, or one that stands for any other.
    fn complete_inputs(&mut self, pipeline: &Pipeline) {
        let declared: BTreeMap<&str, &InputType> = pipeline
            .triggers
            .iter()
            .filter_map(|trigger| match trigger {
                Trigger::Manual(inputs, _) => Some(inputs),
                _ => None,
            })
            .flatten()
            .map(|input| (input.name.as_str(), &input.ty))
            .collect();
        for (name, values) in &mut self.inputs {
            match declared.get(name.as_str()) {
                Some(InputType::Boolean) => values.extend(["false".to_owned(), "true".to_owned()]),
                Some(InputType::OneOf(all)) => values.extend(all.iter().cloned()),
                _ => {
                    let mut other = "other".to_owned();
                    while values.contains(&other) {
                        other.push('x');
                    }
                    values.insert(other);
                }
            }
        }
    }
}

fn add<'a>(languages: &mut BTreeMap<String, Language>, globs: impl IntoIterator<Item = &'a Glob>) {
    for glob in globs {
        languages.entry(glob.text().to_owned()).or_insert_with(|| glob.language());
    }
}
