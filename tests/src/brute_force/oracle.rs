//! The oracle: evaluates the reference's theorems on every run of a program.

use super::before::{Order, Place, artefacts_of};
use super::model::{Change, Environment, Event, Gate, Pipeline, Program, Trigger, What, is_of_artefact};
use super::print::node_label;
use super::world::{Names, Run, World};
use std::collections::{BTreeMap, BTreeSet};

/// A failed proof: its code, and the nodes or names that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The code: `P0401`.
    pub code: String,
    /// Nodes by their labels, environments and kinds by their names.
    pub concerns: Vec<String>,
}

impl Finding {
    /// A finding with a code, about these nodes or names.
    pub fn new<T: ToString>(code: &str, concerns: impl IntoIterator<Item = T>) -> Finding {
        Finding { code: code.to_owned(), concerns: concerns.into_iter().map(|it| it.to_string()).collect() }
    }
}

/// The runs that show a failed proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The index of the pipeline.
    pub pipeline: usize,
    /// The stages that are in the run.
    pub due: Vec<usize>,
    /// The stages that are not in the run.
    pub not_due: Vec<usize>,
    /// The class of the run.
    pub of: Whose,
    /// A kind of change that occurs in the run.
    pub changing: Option<&'static str>,
    /// Whether the change starts something, or would if no other path had changed.
    pub answered: bool,
    /// The maximum time of the run, or of one of its stages, in minutes.
    pub takes: Option<(Option<usize>, u64)>,
    /// Changes of an earlier push of the same branch, which did not contain the stage.
    pub missed: Option<(usize, Vec<Change>)>,
}

/// A class of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All runs.
    Anybody,
    /// Runs of reviewed code.
    Trusted,
    /// Runs of a pull request or the merge queue.
    Untrusted,
    /// Runs of a fork or the merge queue.
    ForkOrQueue,
    /// Runs of reviewed code on an unprotected branch or tag.
    Unprotected,
    /// Pushes of a protected branch.
    Pushed,
    /// Runs that none of these events started.
    NotBy(&'static [Event]),
}

impl Failure {
    /// Whether a run shows the failure.
    pub fn shows_in(&self, world: &World<'_>, run: &Run) -> bool {
        self.of_them(world, run)
            && self.due.iter().all(|stage| world.is_due(*stage, run))
            && !self.not_due.iter().any(|stage| world.is_due(*stage, run))
            && self.changing.is_none_or(|kind| world.changes(kind, run))
            && (!self.answered || self.changing.is_some_and(|kind| must_carry(world, kind, run)))
            && self.takes.is_none_or(|(stage, minutes)| time(world, run, stage) == minutes)
            && self.missed.as_ref().is_none_or(|(_, changes)| pushed_without(world, run, changes))
    }

    /// Whether the run before it shows the failure.
    pub fn shows_before(&self, world: &World<'_>, run: &Run) -> bool {
        self.missed.as_ref().is_some_and(|(stage, changes)| {
            run.event == Event::Push && world.touches(changes, run) && !world.is_due(*stage, run)
        })
    }

    fn of_them(&self, world: &World<'_>, run: &Run) -> bool {
        match self.of {
            Whose::Anybody => true,
            Whose::Trusted => run.is_trusted(),
            Whose::Untrusted => !run.is_trusted(),
            Whose::ForkOrQueue => run.fork || run.event == Event::MergeQueue,
            Whose::Unprotected => run.is_trusted() && !world.is_protected(run),
            Whose::Pushed => run.event == Event::Push && world.is_protected(run),
            Whose::NotBy(events) => !events.contains(&run.event),
        }
    }
}

/// Whether a run is a push without any of these changes.
fn pushed_without(world: &World<'_>, run: &Run, changes: &[Change]) -> bool {
    run.event == Event::Push && !world.touches(changes, run)
}

/// Whether a run contains a stage with nodes.
fn has_any_node(world: &World<'_>, run: &Run) -> bool {
    let stages = world.pipeline.stages.iter().enumerate();
    stages.filter(|(_, stage)| !stage.nodes.is_empty()).any(|(place, _)| world.is_due(place, run))
}

/// Whether a change of the kind starts something in a run. It also counts if it would, had no other path changed.
fn must_carry(world: &World<'_>, kind: &'static str, run: &Run) -> bool {
    let alone = |path: u32| Run { changed: 1 << path, unknown: false, ..run.clone() };
    let paths = (0..u64::BITS).filter(|path| !run.unknown && run.changed & 1 << path != 0);
    has_any_node(world, run)
        || paths.map(alone).any(|run| world.changes(kind, &run) && has_any_node(world, &run))
}

/// The maximum time of a run, or of one of its stages.
fn time(world: &World<'_>, run: &Run, only: Option<usize>) -> u64 {
    let stages: Vec<bool> = (0..world.pipeline.stages.len())
        .map(|stage| only.is_none_or(|only| only == stage) && world.is_due(stage, run))
        .collect();
    Order::of(world.pipeline).map_or(0, |order| order.time(world.pipeline, &stages))
}

/// The findings of a program. Each has the runs that show it, if it is about runs and there are any.
pub type Findings = BTreeMap<Finding, Option<Failure>>;

/// Evaluates the theorems on a program.
pub fn judge(program: &Program) -> Findings {
    let mut findings = Findings::new();
    let after = environment_order(program, &mut findings);
    let orders: Vec<Option<Order>> = program.pipelines.iter().map(Order::of).collect();
    for (pipeline, order) in program.pipelines.iter().zip(&orders) {
        if order.is_none() {
            findings.insert(Finding::new("P0207", [&pipeline.name]), None);
        }
    }
    // A pipeline with a circle is not proven further. While there is one, neither are the theorems across pipelines.
    if orders.iter().all(Option::is_some) {
        entries(program, &mut findings);
        borrowed(program, &mut findings);
    }
    for (place, (pipeline, order)) in program.pipelines.iter().zip(&orders).enumerate() {
        let Some(order) = order else { continue };
        let world = World::new(pipeline, Names::all(pipeline));
        let runs = world.runs();
        let due: Vec<Vec<bool>> = (0..pipeline.stages.len())
            .map(|stage| runs.iter().map(|run| world.is_due(stage, run)).collect())
            .collect();
        Judge { program, after: &after, place, pipeline, order, world, runs, due, findings: &mut findings }
            .judge();
    }
    findings
}

/// The predecessors of each environment. Of each circle, the environment with the first name is reported, and all
/// environments on the shortest circle through it get no predecessors.
fn environment_order(program: &Program, findings: &mut Findings) -> BTreeMap<String, Vec<String>> {
    let mut after: BTreeMap<String, Vec<String>> =
        program.environments.iter().map(|it| (it.name.clone(), it.after.clone())).collect();
    for name in after.keys().cloned().collect::<Vec<_>>() {
        let mut ways = vec![vec![name.clone()]];
        let circle = loop {
            if let Some(way) = ways.iter().find(|way| after[&way[way.len() - 1]].contains(&name)) {
                break way.clone();
            }
            ways = ways
                .iter()
                .flat_map(|way| {
                    let next = after[&way[way.len() - 1]].iter().filter(|next| !way.contains(next));
                    next.map(|next| [way.as_slice(), std::slice::from_ref(next)].concat())
                })
                .collect();
            if ways.is_empty() {
                break Vec::new();
            }
        };
        if !circle.is_empty() {
            findings.insert(Finding::new("P0206", [&name]), None);
        }
        for member in circle {
            after.insert(member, Vec::new());
        }
    }
    after
}

/// Only deploys to an environment have its identities. If environments share one, the first by name owns it.
fn borrowed(program: &Program, findings: &mut Findings) {
    for pipeline in &program.pipelines {
        for (stage, it) in pipeline.stages.iter().enumerate() {
            for (place, node) in it.nodes.iter().enumerate() {
                let owned = program.environments.iter().any(|it| it.identity == node.identity);
                if node.identity.is_some() && owned {
                    let label = node_label(&pipeline.name, stage, place, node);
                    findings.insert(Finding::new("P0602", [label]), None);
                }
            }
        }
    }
    for environment in program.environments.iter().filter(|it| it.identity.is_some()) {
        let earlier = |it: &&Environment| it.identity == environment.identity && it.name < environment.name;
        if program.environments.iter().any(|it| earlier(&it)) {
            findings.insert(Finding::new("P0602", [&environment.name]), None);
        }
    }
}

/// If several pipelines enter an environment, exactly these are in its `from`.
fn entries(program: &Program, findings: &mut Findings) {
    for environment in &program.environments {
        let enters = |pipeline: &&Pipeline| {
            pipeline.stages.iter().flat_map(|stage| &stage.nodes).any(
                |node| matches!(&node.what, What::Deploy(_, environment_name) if *environment_name == environment.name),
            )
        };
        let entering: BTreeSet<&String> =
            program.pipelines.iter().filter(enters).map(|pipeline| &pipeline.name).collect();
        let name = &environment.name;
        match &environment.from {
            None if entering.len() > 1 => {
                let concerns = entering.into_iter().chain([name]);
                findings.insert(Finding::new("P0201", concerns), None);
            }
            None => {}
            Some(listed) => {
                let listed: BTreeSet<&String> = listed.iter().collect();
                for unlisted in entering.difference(&listed) {
                    findings.insert(Finding::new("P0201", [*unlisted, name]), None);
                }
                for idle in listed.difference(&entering) {
                    findings.insert(Finding::new("P0201", [name, *idle]), None);
                }
            }
        }
    }
}

struct Judge<'p> {
    program: &'p Program,
    after: &'p BTreeMap<String, Vec<String>>,
    place: usize,
    pipeline: &'p Pipeline,
    order: &'p Order,
    world: World<'p>,
    runs: Vec<Run>,
    /// For each stage, whether it is in each run.
    due: Vec<Vec<bool>>,
    findings: &'p mut Findings,
}

/// A deploy with its place, its parts and its environment.
struct Entry<'p> {
    place: Place,
    parts: &'p [String],
    environment: &'p Environment,
}

impl<'p> Judge<'p> {
    fn judge(mut self) {
        let deploys = self.deploys();
        let gates = self.gates();
        for (number, deploy) in deploys.iter().enumerate() {
            let alive = self.occurs(&self.failure([deploy.place], [], Whose::Anybody));
            if alive {
                self.no_skipped_gates(deploy, &gates);
                self.in_order(deploy, &deploys);
            } else {
                // The only other finding about a deploy that never runs is that it is a second path.
                self.find("P0406", [self.label(deploy.place)], None);
            }
            self.reachable(deploy);
            self.second_path(number, &deploys);
        }
        self.each_gate(&gates, &deploys);
        self.judged_before_merges(&gates);
        self.guarded_production(&gates, &deploys);
        self.missed_changes(&gates, &deploys);
        for place in self.order.places.clone() {
            self.uses(place);
            self.reads(place, &deploys);
        }
        self.built_late(&deploys);
        for place in self.order.places.clone() {
            self.facts(place);
        }
        self.budgets();
        self.every_change_travels(&deploys);
        for (line, (kind, _)) in self.pipeline.changes.iter().enumerate() {
            if !self.world.claims(line) {
                self.find("P0209", [self.pipeline.name.clone(), (*kind).to_owned()], None);
            }
        }
    }

    /// Facts are used only where they exist.
    fn facts(&mut self, place: Place) {
        let Some(fact) = self.pipeline.stages[place.0].nodes[place.1].fact else { return };
        let without = self.failure([place], [], Whose::NotBy(fact.events()));
        self.find_if("P0111", [self.label(place), fact.word()], without);
    }

    /// No run takes longer than its budget, and no stage longer than its own.
    fn budgets(&mut self) {
        let stages = self.pipeline.stages.iter().enumerate();
        let all: Vec<(Option<usize>, &String, Option<u64>)> = stages
            .map(|(place, stage)| (Some(place), &stage.name, stage.budget))
            .chain([(None, &self.pipeline.name, self.pipeline.budget)])
            .collect();
        for (stage, name, budget) in all {
            let Some(budget) = budget else { continue };
            let sets: BTreeSet<Vec<bool>> = (0..self.runs.len())
                .map(|run| {
                    let due = self.due.iter().enumerate();
                    due.map(|(place, due)| due[run] && stage.is_none_or(|only| only == place)).collect()
                })
                .collect();
            let longest = sets.iter().map(|set| self.order.time(self.pipeline, set)).max().unwrap_or(0);
            if longest > budget {
                let mut failure = self.failure([], [], Whose::Anybody);
                failure.takes = Some((stage, longest));
                let concerns = [name.clone(), longest.to_string()];
                self.find("P0802", concerns, Some(failure));
            }
        }
    }

    /// Every change travels, except documentation and unshipped changes. There is a trigger, a protected branch or tag
    /// and inputs with which a change of the kind, whatever else changes, is deployed to production.
    fn every_change_travels(&mut self, deploys: &[Entry<'_>]) {
        let enters = |pipeline: &Pipeline| {
            pipeline.stages.iter().flat_map(|stage| &stage.nodes).any(|node| match &node.what {
                What::Deploy(_, name) => {
                    self.program.environment(name).is_some_and(|it| it.tier == "production")
                }
                _ => false,
            })
        };
        let alone = self.program.pipelines.iter().filter(|it| enters(it)).count() == 1;
        let ways: Vec<&Entry<'_>> = deploys.iter().filter(|it| it.environment.tier == "production").collect();
        let deployed = |number: usize| ways.iter().any(|deploy| self.due[deploy.place.0][number]);
        let reviewed: Vec<usize> = (0..self.runs.len())
            .filter(|number| {
                let run = &self.runs[*number];
                run.is_trusted() && self.world.is_protected(run)
            })
            .collect();
        // Another finding reports if nothing, or only unreviewed code, reaches production.
        if !reviewed.iter().any(|number| deployed(*number)) {
            return;
        }
        let declared: Vec<&'static str> = self.pipeline.changes.iter().map(|(kind, _)| *kind).collect();
        let mut kinds: Vec<&'static str> = Vec::new();
        for kind in declared.iter().copied().chain(["code"]) {
            if !kinds.contains(&kind) && kind != "docs" && kind != "none" && self.world.has_kind(kind) {
                kinds.push(kind);
            }
        }
        let mut stranded = Vec::new();
        for kind in kinds {
            let strict = alone && declared.contains(&kind);
            let concerned: Vec<usize> = reviewed
                .iter()
                .copied()
                .filter(|number| self.world.changes(kind, &self.runs[*number]))
                .filter(|number| strict || must_carry(&self.world, kind, &self.runs[*number]))
                .collect();
            let same = |left: &Run, right: &Run| {
                (left.event, left.branch, left.tag, &left.inputs)
                    == (right.event, right.branch, right.tag, &right.inputs)
            };
            let travels = concerned.iter().any(|number| {
                let alike = concerned.iter().filter(|other| same(&self.runs[**other], &self.runs[*number]));
                alike.into_iter().all(|other| deployed(*other))
            });
            let pushes = concerned.iter().any(|number| self.runs[*number].event == Event::Push);
            if !travels && pushes {
                stranded.push((kind, strict));
            }
        }
        let Some((kind, strict)) = stranded.first().copied() else { return };
        let mut failure = self.failure([], ways.iter().map(|it| it.place), Whose::Pushed);
        failure.changing = Some(kind);
        failure.answered = !strict;
        let kinds = stranded.iter().map(|(kind, _)| (*kind).to_owned());
        let concerns: Vec<String> = [self.pipeline.name.clone()].into_iter().chain(kinds).collect();
        self.find("P0208", concerns, Some(failure));
    }

    fn deploys(&self) -> Vec<Entry<'p>> {
        let (pipeline, program) = (self.pipeline, self.program);
        let entry = |place: &Place| match &pipeline.stages[place.0].nodes[place.1].what {
            What::Deploy(parts, name) => {
                program.environment(name).map(|environment| Entry { place: *place, parts, environment })
            }
            _ => None,
        };
        self.order.places.iter().filter_map(entry).collect()
    }

    fn gates(&self) -> Vec<(Place, &'p Gate)> {
        let pipeline = self.pipeline;
        let gate = |place: &Place| match &pipeline.stages[place.0].nodes[place.1].what {
            What::Gate(gate) => Some((*place, gate)),
            _ => None,
        };
        self.order.places.iter().filter_map(gate).collect()
    }

    fn label(&self, place: Place) -> String {
        let node = &self.pipeline.stages[place.0].nodes[place.1];
        node_label(&self.pipeline.name, place.0, place.1, node)
    }

    fn failure(
        &self,
        due: impl IntoIterator<Item = Place>,
        not_due: impl IntoIterator<Item = Place>,
        of: Whose,
    ) -> Failure {
        let stages = |places: &mut dyn Iterator<Item = Place>| places.map(|(stage, _)| stage).collect();
        let (due, not_due) = (stages(&mut due.into_iter()), stages(&mut not_due.into_iter()));
        let pipeline = self.place;
        Failure { pipeline, due, not_due, of, changing: None, answered: false, takes: None, missed: None }
    }

    /// Whether some run shows the failure.
    fn occurs(&self, failure: &Failure) -> bool {
        self.runs.iter().enumerate().any(|(number, run)| {
            failure.due.iter().all(|stage| self.due[*stage][number])
                && !failure.not_due.iter().any(|stage| self.due[*stage][number])
                && failure.of_them(&self.world, run)
        })
    }

    fn find<T: ToString>(
        &mut self,
        code: &str,
        concerns: impl IntoIterator<Item = T>,
        failure: Option<Failure>,
    ) {
        self.findings.insert(Finding::new(code, concerns), failure);
    }

    /// Adds a finding if some run shows it. Returns whether one does.
    fn find_if<T: ToString>(
        &mut self,
        code: &str,
        concerns: impl IntoIterator<Item = T>,
        failure: Failure,
    ) -> bool {
        let happens = self.occurs(&failure);
        if happens {
            self.find(code, concerns, Some(failure));
        }
        happens
    }

    /// Checks S1 and S2.
    fn no_skipped_gates(&mut self, deploy: &Entry<'_>, gates: &[(Place, &Gate)]) {
        let label = self.label(deploy.place);
        let mut blamed: BTreeSet<&str> = BTreeSet::new();
        for (place, gate) in gates.iter().filter(|(_, gate)| !gate.advisory) {
            if !self.occurs(&self.failure([*place], [], Whose::Trusted)) {
                continue;
            }
            let concerns = [self.label(*place), label.clone()];
            if self.order.is_before(*place, deploy.place) {
                let skipped = self.failure([deploy.place], [*place], Whose::Anybody);
                if self.find_if("P0401", concerns, skipped) {
                    blamed.insert(gate.kind);
                }
            } else if deploy.environment.requires.contains(&gate.kind)
                && deploy.parts.iter().any(|part| covers(gate, part))
            {
                let late = self.failure([*place, deploy.place], [], Whose::Trusted);
                if self.find_if("P0403", concerns, late) {
                    blamed.insert(gate.kind);
                }
            }
        }
        for kind in &deploy.environment.requires {
            // A gate of that kind already has a finding.
            if blamed.contains(kind) {
                continue;
            }
            let uncovered: Vec<(&String, Failure)> = deploy
                .parts
                .iter()
                .map(|part| {
                    let covering = gates.iter().filter(|(place, gate)| {
                        !gate.advisory
                            && gate.kind == *kind
                            && covers(gate, part)
                            && self.order.is_before(*place, deploy.place)
                    });
                    let covering: Vec<Place> = covering.map(|(place, _)| *place).collect();
                    (part, self.failure([deploy.place], covering, Whose::Anybody))
                })
                .filter(|(_, failure)| self.occurs(failure))
                .collect();
            if let Some((_, failure)) = uncovered.first().cloned() {
                let parts = uncovered.iter().map(|(part, _)| (*part).clone());
                let concerns = [label.clone(), (*kind).to_owned()].into_iter().chain(parts);
                self.find("P0402", concerns, Some(failure));
            }
        }
    }

    /// Checks S4 on any two pushes of one branch.
    fn missed_changes(&mut self, gates: &[(Place, &Gate)], deploys: &[Entry<'_>]) {
        for (place, gate) in gates {
            let label = self.label(*place);
            let said = |code: &str| {
                self.findings.keys().any(|it| it.code == code && it.concerns.first() == Some(&label))
            };
            let Some(changes) = gate.unless_changed.as_ref().filter(|_| !gate.advisory) else { continue };
            // Another finding reports that the gate can be skipped, or never gives a verdict.
            if said("P0401") || said("P0404") {
                continue;
            }
            let exempt = self.world.exemption(gate);
            let pushes: Vec<(usize, &Run)> =
                self.runs.iter().enumerate().filter(|(_, run)| run.event == Event::Push).collect();
            let mut brought: Vec<Option<usize>> = Vec::new();
            for (number, run) in &pushes {
                if !exempt(run) && !self.due[place.0][*number] {
                    brought.push(run.branch);
                }
            }
            let deploy = deploys.iter().find(|deploy| {
                self.order.is_before(*place, deploy.place)
                    && pushes.iter().any(|(number, run)| {
                        self.due[deploy.place.0][*number]
                            && self.due[place.0][*number]
                            && exempt(run)
                            && brought.contains(&run.branch)
                    })
            });
            let Some(deploy) = deploy else { continue };
            let deployed = self.failure([deploy.place, *place], [], Whose::Anybody);
            let failure = Failure { missed: Some((place.0, changes.clone())), ..deployed };
            let concerns = [label, self.label(deploy.place)];
            self.find("P0413", concerns, Some(failure));
        }
    }

    /// Some gate judges what goes to production, in some run.
    fn guarded_production(&mut self, gates: &[(Place, &Gate)], deploys: &[Entry<'_>]) {
        for deploy in deploys {
            let Environment { name, tier, requires, .. } = deploy.environment;
            let is_due = |place: Place, number: usize| self.due[place.0][number];
            let runs: Vec<usize> =
                (0..self.runs.len()).filter(|number| is_due(deploy.place, *number)).collect();
            let judges = |(place, gate): &(Place, &Gate)| {
                !gate.advisory
                    && self.order.is_before(*place, deploy.place)
                    && runs.iter().any(|number| is_due(*place, *number))
            };
            let is_open = *tier == "production" && requires.is_empty();
            if is_open && !runs.is_empty() && !gates.iter().any(judges) {
                self.find("P0416", [name.clone()], None);
            }
        }
    }

    /// Checks S3 for gates.
    /// Before a merge, some gate judges the change, if the pipeline has any.
    fn judged_before_merges(&mut self, gates: &[(Place, &Gate)]) {
        let blocking: Vec<&(Place, &Gate)> = gates.iter().filter(|(_, gate)| !gate.advisory).collect();
        for (event, word) in [(Event::PullRequest, "pull-request"), (Event::MergeQueue, "merge-queue")] {
            let starts = self.pipeline.triggers.iter().any(|trigger| match trigger {
                Trigger::PullRequest(_) => event == Event::PullRequest,
                Trigger::MergeQueue => event == Event::MergeQueue,
                _ => false,
            });
            let judges = |(place, _): &&(Place, &Gate)| {
                let mut runs = self.runs.iter().enumerate();
                runs.any(|(number, run)| run.event == event && self.due[place.0][number])
            };
            if starts && !blocking.is_empty() && !blocking.iter().copied().any(|gate| judges(&gate)) {
                self.find("P0415", [word], None);
            }
        }
    }

    fn each_gate(&mut self, gates: &[(Place, &Gate)], deploys: &[Entry<'_>]) {
        for (place, gate) in gates {
            let exempt = self.world.exemption(gate);
            let runs = self.runs.iter().enumerate().filter(|(number, _)| self.due[place.0][*number]);
            let runs: Vec<_> = runs.map(|(_, run)| run).collect();
            // If its runs know the changes, one of those must make the gate run.
            let knows = runs.iter().any(|run| !run.unknown);
            let mut counted = runs.iter().filter(|run| !knows || !run.unknown);
            let judges = counted.any(|run| !exempt(run));
            // An override is a push to a protected branch with unknown changes.
            let overrides =
                |run: &&Run| run.event == Event::Push && run.unknown && self.world.is_protected(run);
            let usable = runs.is_empty() || runs.iter().any(overrides);
            if !judges {
                self.find("P0404", [self.label(*place)], None);
            }
            if gate.overridable && (gate.advisory || !usable) {
                self.find("P0412", [self.label(*place)], None);
            }
            let awaited = deploys.iter().any(|deploy| self.order.is_before(*place, deploy.place));
            // Another finding reports that it comes too late for a deploy that needs it.
            let late = self
                .findings
                .keys()
                .any(|it| it.code == "P0403" && it.concerns.first() == Some(&self.label(*place)));
            if !gate.advisory && !deploys.is_empty() && !awaited && !late {
                let unawaited = self.failure([*place], [], Whose::Trusted);
                self.find_if("P0405", [self.label(*place)], unawaited);
            }
        }
    }

    /// No untrusted code reaches an environment, and no unprotected code production.
    fn reachable(&mut self, deploy: &Entry<'_>) {
        let environment = deploy.environment;
        let open = environment.tier == "ephemeral" && environment.open;
        let whose = if open { Whose::ForkOrQueue } else { Whose::Untrusted };
        let untrusted = self.failure([deploy.place], [], whose);
        self.find_if("P0203", [self.label(deploy.place)], untrusted);
        if environment.tier == "production" {
            // Another finding reports untrusted code.
            let unprotected = self.failure([deploy.place], [], Whose::Unprotected);
            self.find_if("P0204", [self.label(deploy.place)], unprotected);
        }
    }

    /// Each production environment and artefact has at most one deploy statement.
    fn second_path(&mut self, number: usize, deploys: &[Entry<'_>]) {
        let deploy = &deploys[number];
        let twice = deploys[..number].iter().any(|earlier| {
            earlier.environment.name == deploy.environment.name
                && earlier.parts.iter().any(|part| deploy.parts.contains(part))
        });
        if deploy.environment.tier == "production" && twice {
            let failure = self.failure([deploy.place], [], Whose::Anybody);
            let failure = self.occurs(&failure).then_some(failure);
            self.find("P0202", [self.label(deploy.place)], failure);
        }
    }

    /// Checks promotion. In every run with the deploy, deploys of the same parts to each predecessor come before it.
    fn in_order(&mut self, deploy: &Entry<'_>, deploys: &[Entry<'_>]) {
        for before in &self.after[&deploy.environment.name] {
            let earlier: Vec<&Entry<'_>> = deploys
                .iter()
                .filter(|it| it.environment.name == *before && self.order.is_before(it.place, deploy.place))
                .collect();
            let parts = |entry: &Entry<'_>| entry.parts.iter().cloned().collect::<BTreeSet<String>>();
            let same: Vec<Place> =
                earlier.iter().filter(|it| parts(it) == parts(deploy)).map(|it| it.place).collect();
            let concerns = [self.label(deploy.place), before.clone()];
            if same.is_empty() && !earlier.is_empty() {
                let failure = self.failure([deploy.place], [], Whose::Anybody);
                self.find("P0305", concerns, Some(failure));
            } else {
                let failure = self.failure([deploy.place], same, Whose::Anybody);
                self.find_if("P0205", concerns, failure);
            }
        }
    }

    /// Checks that every run with a node contains the artefacts that it uses.
    fn uses(&mut self, place: Place) {
        for artefact in artefacts_of(self.pipeline, place) {
            let Some(producer) = self.producer(artefact) else { continue };
            let failure = self.failure([place], [producer], Whose::Anybody);
            self.find_if("P0301", [self.label(place), artefact.to_owned()], failure);
        }
    }

    fn producer(&self, artefact: &str) -> Option<Place> {
        let node = |place: &Place| &self.pipeline.stages[place.0].nodes[place.1];
        let is_it =
            |place: &&Place| matches!(node(place).what, What::Artefact) && node(place).name == artefact;
        self.order.places.iter().find(is_it).copied()
    }

    /// A build reads no environment. Any other node that reads one has every deploy to it in its run and before it.
    fn reads(&mut self, place: Place, deploys: &[Entry<'_>]) {
        let node = &self.pipeline.stages[place.0].nodes[place.1];
        for name in &node.reads {
            if matches!(&node.what, What::Deploy(_, own) if own == name) {
                continue;
            }
            if matches!(node.what, What::Artefact) {
                let failure = self.failure([place], [], Whose::Anybody);
                let failure = self.occurs(&failure).then_some(failure);
                self.find("P0303", [self.label(place), name.clone()], failure);
                continue;
            }
            let to_it: Vec<&Entry<'_>> = deploys.iter().filter(|it| it.environment.name == *name).collect();
            if to_it.is_empty() {
                // If another pipeline deploys to the environment, this run does not know its content.
                self.find("P0302", [self.label(place), name.clone()], None);
            }
            for deploy in to_it {
                let concerns = [self.label(place), name.clone(), self.label(deploy.place)];
                let before = self.order.is_before(deploy.place, place);
                let missing = before.then_some(deploy.place);
                let failure = self.failure([place], missing, Whose::Anybody);
                self.find_if("P0302", concerns, failure);
            }
        }
    }

    /// No artefact for an environment is built after a deploy to its predecessor.
    fn built_late(&mut self, deploys: &[Entry<'_>]) {
        for deploy in deploys {
            for before in &self.after[&deploy.environment.name] {
                let late: BTreeSet<&str> = artefacts_of(self.pipeline, deploy.place).into_iter().collect();
                for part in late {
                    let Some(producer) = self.producer(part) else { continue };
                    let promoted = deploys.iter().find_map(|it| {
                        let failure = self.failure([deploy.place, producer, it.place], [], Whose::Anybody);
                        let is_late = it.environment.name == *before
                            && self.order.is_before(it.place, producer)
                            && self.occurs(&failure);
                        is_late.then_some(failure)
                    });
                    if let Some(failure) = promoted {
                        let concerns = [self.label(producer), before.clone(), self.label(deploy.place)];
                        self.find("P0304", concerns, Some(failure));
                    }
                }
            }
        }
    }
}

/// Evidence about the commit covers all artefacts, evidence about an artefact those that `of` names.
fn covers(gate: &Gate, part: &str) -> bool {
    !is_of_artefact(gate.kind) || gate.of.iter().any(|name| name == part)
}
