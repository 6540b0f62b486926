//! The runs that an engine can begin, and what the source says of each.
//!
//! An engine can begin more runs than a source admits.

use crate::brute_force::before::{Order, Place};
use crate::brute_force::choose::Chooser;
use crate::brute_force::glob;
use crate::brute_force::model::{Event, Node, Pipeline, Program, Trigger, What};
use crate::brute_force::world::{Names, Run, World};
use pipec_ir::facts;
use pipec_logic::Language;
use pipec_model::{ConcreteRun, NameFilter, OverriddenGate, RunEvent, RunTrigger};
use std::collections::BTreeSet;

/// A run, as its engine has begun it.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// What the event fixes. An override has the facts of a push with an unknown change.
    pub run: Run,
    /// Which gate it overrides, if it is an override.
    pub overriding: Option<OverriddenGate>,
    /// Whether a person started it on a tag.
    pub on_tag: bool,
    /// Whether it is a pull request from another repository.
    pub from_other_repository: bool,
    /// Whether it is a pull request of a bot.
    pub of_bot: bool,
    /// The branch that a pull request would be merged into.
    pub base: Option<String>,
}

/// A path that no glob of a random program matches, except those that match every path.
pub const UNNAMED_PATH: &str = "other/file";

/// A pipeline, and what it says of runs.
pub struct Source<'p> {
    /// The program.
    pub program: &'p Program,
    /// The pipeline.
    pub pipeline: &'p Pipeline,
    /// What is before what.
    pub order: Order,
    world: World<'p>,
}

impl<'p> Source<'p> {
    /// A pipeline of a program; `None` if something is before itself.
    pub fn new(program: &'p Program, pipeline: &'p Pipeline) -> Option<Source<'p>> {
        let mut names = Names::all(pipeline);
        // An engine may compare names without their case.
        for all in [&mut names.branches, &mut names.tags] {
            let other: Vec<String> = all.iter().map(|name| name.to_uppercase()).collect();
            for name in other {
                if !all.contains(&name) && all.len() < 12 {
                    all.push(name);
                }
            }
        }
        // A broken plan may ask for paths that the source does not name.
        names.paths.push(UNNAMED_PATH.to_owned());
        let order = Order::of(pipeline)?;
        Some(Source { program, pipeline, order, world: World::new(pipeline, names) })
    }

    /// The node at a place.
    pub fn node(&self, place: Place) -> &'p Node {
        &self.pipeline.stages[place.0].nodes[place.1]
    }

    /// The name of the job of a node. A second deploy of the same artefacts to the same environment gets a number.
    pub fn name(&self, place: Place) -> String {
        let What::Deploy(parts, environment) = &self.node(place).what else {
            return self.node(place).name.clone();
        };
        let same = |other: &&Place| match &self.node(**other).what {
            What::Deploy(its_parts, its) => its_parts == parts && its == environment,
            _ => false,
        };
        let before = self.order.places.iter().take_while(|other| **other != place).filter(same).count();
        let number = if before == 0 { String::new() } else { format!("-{}", before + 1) };
        format!("deploy-{}-to-{environment}{number}", parts.join("-"))
    }

    /// The gates that may be overridden.
    fn overridable(&self) -> Vec<&'p str> {
        let nodes = self.pipeline.stages.iter().flat_map(|stage| &stage.nodes);
        let gates = nodes.filter(|node| matches!(&node.what, What::Gate(gate) if gate.overridable));
        gates.map(|gate| gate.name.as_str()).collect()
    }

    /// Some of the runs that an engine may begin.
    ///
    /// They cover each event, branch and tag, each path alone, no path and all paths.
    pub fn runs(&self, choose: &mut Chooser) -> Vec<Begun> {
        let paths = self.world.path_count();
        let all = (1u64 << paths) - 1;
        let mut changes: Vec<u64> = (0..paths).map(|path| 1 << path).chain([0, all]).collect();
        changes.extend((0..2).map(|_| choose.below(1 << paths) as u64));
        changes.sort_unstable();
        changes.dedup();
        self.world.all_runs(&changes).into_iter().flat_map(|run| self.begun(run)).collect()
    }

    /// The ways in which a run with these facts begins.
    fn begun(&self, run: Run) -> Vec<Begun> {
        let plain = Begun {
            overriding: None,
            on_tag: false,
            from_other_repository: false,
            of_bot: false,
            base: None,
            run,
        };
        match plain.run.event {
            Event::PullRequest => {
                let whose: &[(bool, bool)] =
                    if plain.run.fork { &[(true, false), (false, true)] } else { &[(false, false)] };
                let of = |(from_other_repository, of_bot): (bool, bool), base: &str| Begun {
                    from_other_repository,
                    of_bot,
                    base: Some(base.to_owned()),
                    ..plain.clone()
                };
                let bases = self.bases();
                whose.iter().flat_map(|whose| bases.iter().map(|base| of(*whose, base))).collect()
            }
            Event::Manual => vec![Begun { on_tag: true, ..plain.clone() }, plain],
            Event::Push if plain.run.unknown && !self.overridable().is_empty() => {
                let gates = self.overridable().into_iter().map(|gate| Some(gate.to_owned())).chain([None]);
                let mut all: Vec<Begun> = gates
                    .flat_map(|gate| {
                        [true, false].map(|is_complete| Begun {
                            overriding: Some(OverriddenGate { gate: gate.clone(), is_complete }),
                            ..plain.clone()
                        })
                    })
                    .collect();
                all.extend(all.first().cloned().map(|first| Begun { on_tag: true, ..first }));
                all.push(plain);
                all
            }
            _ => vec![plain],
        }
    }

    /// Names for the target branches of pull requests.
    ///
    /// There is one for each combination of the globs that the triggers name.
    fn bases(&self) -> Vec<&'static str> {
        let globs: BTreeSet<&str> = self.pull_request_globs().collect();
        glob::distinguished(glob::ref_names(), &globs)
    }

    fn pull_request_globs(&self) -> impl Iterator<Item = &'static str> {
        let globs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::PullRequest(globs) => Some(globs),
            _ => None,
        });
        globs.flatten().copied()
    }

    /// Whether it is a pull request to a branch that a trigger names.
    fn has_wanted_base(&self, begun: &Begun) -> bool {
        let is_wanted = |base: &String| self.pull_request_globs().any(|it| glob::matches(it, base));
        begun.base.as_ref().is_some_and(is_wanted)
    }

    /// Whether an engine begins the run because of one of these triggers.
    ///
    /// `perhaps` decides where that is not known.
    pub fn is_triggered(&self, triggers: &[RunTrigger], begun: &Begun, perhaps: bool) -> bool {
        triggers.iter().any(|trigger| self.is_triggered_by(&trigger.event, begun, perhaps))
    }

    fn is_triggered_by(&self, trigger: &RunEvent, begun: &Begun, perhaps: bool) -> bool {
        let run = &begun.run;
        let lets_in = |filter: &NameFilter, name: Option<&str>| match filter {
            NameFilter::All => true,
            NameFilter::Unknown => perhaps,
            NameFilter::Patterns(patterns) => patterns.iter().any(|pattern| {
                let contains = |names: &Language| name.is_some_and(|name| names.contains(name));
                contains(&pattern.surely) || perhaps && pattern.perhaps.as_ref().is_some_and(contains)
            }),
        };
        match (trigger, run.event) {
            (RunEvent::Manual(_), _) if self.is_dispatched(begun) => true,
            _ if self.is_dispatched(begun) => false,
            (RunEvent::Push { branches: Some(filter), .. }, Event::Push) => {
                lets_in(filter, self.world.branch(run))
            }
            (RunEvent::Push { tags: Some(filter), .. }, Event::Tag) => lets_in(filter, self.world.tag(run)),
            (RunEvent::PullRequest { bases, .. }, Event::PullRequest) => {
                lets_in(bases, begun.base.as_deref())
            }
            (RunEvent::Schedule(_), Event::Schedule) | (RunEvent::MergeQueue, Event::MergeQueue) => true,
            _ => false,
        }
    }

    /// Whether the source admits the run.
    pub fn admits(&self, begun: &Begun) -> bool {
        let has_base = begun.run.event != Event::PullRequest || self.has_wanted_base(begun);
        self.world.admits(&begun.run) && has_base && !begun.on_tag && self.admits_override(begun)
    }

    /// Whether the run is no override, or one that the source admits.
    fn admits_override(&self, begun: &Begun) -> bool {
        begun.overriding.as_ref().is_none_or(|overriding| {
            overriding.is_complete && overriding.gate.is_some() && self.world.is_protected(&begun.run)
        })
    }

    /// Whether the rules of overrides refuse a manual run.
    ///
    /// They refuse an override that breaks them, and a run that the source lacks.
    pub fn refuses_entry(&self, begun: &Begun) -> bool {
        match &begun.overriding {
            Some(_) => !self.admits(begun),
            None => begun.run.event == Event::Manual && !self.world.admits(&begun.run),
        }
    }

    /// Whether a person started the run.
    pub fn is_dispatched(&self, begun: &Begun) -> bool {
        begun.overriding.is_some() || begun.run.event == Event::Manual
    }

    /// Whether the source has the stage in the run.
    pub fn is_due(&self, stage: usize, begun: &Begun) -> bool {
        self.admits(begun) && self.world.is_due(stage, &begun.run)
    }

    /// Whether a trigger of the source for the run's event admits the run.
    pub fn is_named(&self, begun: &Begun) -> bool {
        let has_base = begun.run.event != Event::PullRequest || self.has_wanted_base(begun);
        self.world.admits(&begun.run) && has_base
    }

    /// For each stage, whether the source has it in a run of reviewed code.
    pub fn on_reviewed_code(&self) -> Vec<bool> {
        let subsets: Vec<u64> = (0..1u64 << self.world.path_count()).collect();
        let runs: Vec<Run> = self.world.all_runs(&subsets);
        let reviewed: Vec<&Run> =
            runs.iter().filter(|run| run.is_trusted() && self.world.admits(run)).collect();
        let stages = 0..self.pipeline.stages.len();
        stages.map(|stage| reviewed.iter().any(|run| self.world.is_due(stage, run))).collect()
    }

    /// The name of the branch or tag of a run, if it has one.
    pub fn ref_name(&self, begun: &Begun) -> Option<&str> {
        self.world.branch(&begun.run).or(self.world.tag(&begun.run))
    }

    /// Whether the source has a trigger of an event.
    pub fn has_event(&self, event: Event) -> bool {
        self.pipeline.triggers.iter().any(|trigger| {
            matches!(
                (trigger, event),
                (Trigger::Push(_), Event::Push)
                    | (Trigger::PullRequest(_), Event::PullRequest)
                    | (Trigger::Tag(_), Event::Tag)
                    | (Trigger::Schedule, Event::Schedule)
                    | (Trigger::Manual(_), Event::Manual)
                    | (Trigger::MergeQueue, Event::MergeQueue)
            )
        })
    }

    /// Whether a gate may be overridden.
    pub fn has_overrides(&self) -> bool {
        !self.overridable().is_empty()
    }

    /// Whether a gate is exempt in the run.
    pub fn is_exempt(&self, node: &Node, begun: &Begun) -> bool {
        match &node.what {
            What::Gate(gate) => self.world.exemption(gate)(&begun.run),
            _ => false,
        }
    }

    /// Whether a test of a plan holds in the run.
    ///
    /// It is `None` if this reading does not know the test.
    pub fn tested(&self, test: &str, value: &str, begun: &Begun) -> Option<bool> {
        let run = &begun.run;
        let matches = |name: Option<&str>| name.is_some_and(|name| glob::matches(value, name));
        Some(match test {
            "branch" => !begun.on_tag && matches(self.world.branch(run)),
            "tag" => matches(self.world.tag(run)),
            "changed-kind" => self.world.touches_named(Some(value), None, run),
            "changed-glob" => self.world.touches_named(None, Some(value), run),
            // Nobody knows the inputs of an override.
            "input" if begun.overriding.is_some() => return None,
            "input" => {
                let (name, wanted) = value.split_once(' ').unwrap_or((value, ""));
                let mut inputs = self.world.inputs(run).into_iter();
                inputs.any(|(input, value)| input.name() == name && value == wanted)
            }
            _ => return None,
        })
    }

    /// The run as the world of the output knows it.
    pub fn concrete(&self, begun: &Begun) -> ConcreteRun {
        let run = &begun.run;
        let changed = self.world.changed_paths(run).into_iter().map(str::to_owned).collect();
        let inputs = self.world.inputs(run).into_iter();
        ConcreteRun {
            run: facts::Run {
                event: event(run.event),
                fork: run.fork,
                branch: self.world.branch(run).map(str::to_owned),
                tag: self.world.tag(run).map(str::to_owned),
                inputs: inputs.map(|(input, value)| (input.name().to_owned(), value.to_owned())).collect(),
                changed: if run.unknown { facts::Changed::Unknown } else { facts::Changed::Paths(changed) },
            },
            overriding: begun.overriding.clone(),
            is_manual_on_tag: begun.on_tag,
            is_from_other_repository: begun.from_other_repository,
            is_of_bot: begun.of_bot,
            has_wanted_base: self.has_wanted_base(begun),
        }
    }
}

fn event(event: Event) -> pipec_ir::Event {
    match event {
        Event::Push => pipec_ir::Event::Push,
        Event::PullRequest => pipec_ir::Event::PullRequest,
        Event::Tag => pipec_ir::Event::Tag,
        Event::Schedule => pipec_ir::Event::Schedule,
        Event::Manual => pipec_ir::Event::Manual,
        Event::MergeQueue => pipec_ir::Event::MergeQueue,
    }
}
