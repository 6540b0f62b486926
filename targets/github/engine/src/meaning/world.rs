//! The facts of a run as GitHub can bring them about, which are more than the source lets in; and the questions the
//! proofs ask of them.
//!
//! Which names of branches and tags must be told apart is known only once the output is read, and cuts the facts anew. So
//! everything is evaluated until no question is new: the first round asks, the next has the answers.

use pipec_ir::facts::{Extra, Facts};
use pipec_ir::{Condition, Event, Node, NodeKind, Origin, Pipeline, Trigger};
use pipec_logic::{Glob, Language, Proposition, Propositions, TooLarge};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

use crate::meaning::expression::Axis;
use crate::meaning::source::UNTRUSTED;
use crate::meaning::source::overridable;
use crate::read::expression::Expression;

/// The names that had to be told apart so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Questions {
    branches: Vec<Language>,
    tags: Vec<Language>,
}

impl Questions {
    /// What is asked of most outputs: the names of the source, and those that GitHub takes for them where it compares
    /// without case. What is asked besides comes up in a round; what is not asked tells more apart, and no less is proven.
    pub(crate) fn likely(source: &Pipeline) -> Questions {
        let mut likely = Questions::default();
        let conditions = source.stages.iter().flat_map(|stage| stage.condition.atoms());
        for atom in conditions {
            match atom {
                Condition::Branch(glob) => likely.of_condition(Axis::Branch, glob),
                Condition::Tag(glob) => likely.of_condition(Axis::Tag, glob),
                _ => {}
            }
        }
        for trigger in &source.triggers {
            match trigger {
                Trigger::Push(globs, _) => {
                    globs.iter().for_each(|it| likely.ask(Axis::Branch, it.language()))
                }
                Trigger::Tag(globs, _) => globs.iter().for_each(|it| likely.ask(Axis::Tag, it.language())),
                _ => {}
            }
        }
        likely
    }

    fn of_condition(&mut self, axis: Axis, glob: &Glob) {
        if glob.is_literal() {
            self.ask(axis, Language::literal_ignoring_case(glob.text()));
        } else {
            self.ask(axis, glob.language());
        }
    }

    fn ask(&mut self, axis: Axis, language: Language) {
        let asked = match axis {
            Axis::Branch => &mut self.branches,
            Axis::Tag => &mut self.tags,
        };
        if !asked.contains(&language) {
            asked.push(language);
        }
    }
}

/// The facts of all runs GitHub can start from a file, and the answers to questions about them.
pub(crate) struct World<'p> {
    pub(crate) facts: Facts<'p>,
    source: &'p Pipeline,
    /// The first node of each name.
    nodes: FxHashMap<&'p str, &'p Node>,
    /// The gates that may be overridden.
    overridable: Vec<&'p Node>,
    known: Questions,
    asked: RefCell<Questions>,
    /// What is not known, by its name; and what is not known of jobs and steps, by its name and their place.
    free: RefCell<FxHashMap<String, Proposition>>,
    free_at: RefCell<FxHashMap<(&'static str, usize), Proposition>>,
    /// That what tells of the run alone is a word, of what was asked for.
    answers: RefCell<Vec<(Expression, String, Proposition)>>,
}

/// What facts a pipeline has, with every branch and tag let in on the events of the source: GitHub's filters are put on top of
/// it. Where a gate may be overridden there are manual runs, whatever the source says of them. No other nodes are in it than
/// those that facts hang on.
pub(crate) fn widened(pipeline: &Pipeline) -> Pipeline {
    let decides = |node: &&Node| matches!(&node.kind, NodeKind::Gate(gate) if !gate.exemptions.is_empty() || gate.overriding.is_some());
    let mut wide = Pipeline {
        triggers: pipeline.triggers.clone(),
        protected_branches: pipeline.protected_branches.clone(),
        protected_tags: pipeline.protected_tags.clone(),
        changes: pipeline.changes.clone(),
        stages: pipeline.stages.clone(),
        nodes: pipeline.nodes.iter().filter(decides).cloned().collect(),
        ..Pipeline::default()
    };
    let Ok(everything) = Glob::parse("**") else { return wide };
    for trigger in &mut wide.triggers {
        if let Trigger::Push(globs, _) | Trigger::PullRequest(globs, _) | Trigger::Tag(globs, _) = trigger {
            globs.push(everything.clone());
        }
    }
    if overridable(pipeline).next().is_some() && !pipeline.events().contains(&Event::Manual) {
        wide.triggers.push(Trigger::Manual(Vec::new(), Origin::default()));
    }
    wide
}

impl<'p> World<'p> {
    /// A world that can answer what was asked before; `wide` is [`widened`] of `source`.
    pub(crate) fn new(
        source: &'p Pipeline,
        wide: &'p Pipeline,
        known: Questions,
    ) -> Result<World<'p>, TooLarge> {
        let extra = Extra { branches: known.branches.clone(), tags: known.tags.clone() };
        let facts = Facts::with(wide, extra)?;
        let nodes = source.nodes.iter().rev().map(|node| (node.name.as_str(), node)).collect();
        let overridable = overridable(source).collect();
        let asked = RefCell::new(known.clone());
        Ok(World {
            facts,
            source,
            nodes,
            overridable,
            asked,
            known,
            free: RefCell::default(),
            free_at: RefCell::default(),
            answers: RefCell::default(),
        })
    }

    /// Everything asked by now; `None` if every question had its answer.
    pub(crate) fn unanswered(&self) -> Option<Questions> {
        let asked = self.asked.borrow();
        (*asked != self.known).then(|| asked.clone())
    }

    /// The operations on propositions.
    pub(crate) fn logic(&self) -> &Propositions {
        self.facts.propositions()
    }

    /// A variable of its own for what is not known: one and the same for the same name.
    pub(crate) fn free(&self, name: &str) -> Proposition {
        if let Some(known) = self.free.borrow().get(name) {
            return known.clone();
        }
        let free = self.anything();
        self.free.borrow_mut().insert(name.to_owned(), free.clone());
        free
    }

    /// The same of a job or a step: one and the same for the same name and place.
    pub(crate) fn free_at(&self, name: &'static str, place: usize) -> Proposition {
        self.free_at.borrow_mut().entry((name, place)).or_insert_with(|| self.anything()).clone()
    }

    fn anything(&self) -> Proposition {
        self.logic().variable(self.logic().new_variable())
    }

    /// That what tells of the run alone is this word: conditions ask for few, over and over.
    pub(crate) fn run_is(
        &self,
        value: &Expression,
        word: &str,
        ask: impl FnOnce() -> Proposition,
    ) -> Proposition {
        let is_it = |(known, of, _): &&(Expression, String, Proposition)| of == word && known == value;
        if let Some((.., answer)) = self.answers.borrow().iter().find(is_it) {
            return answer.clone();
        }
        let answer = ask();
        self.answers.borrow_mut().push((value.clone(), word.to_owned(), answer.clone()));
        answer
    }

    /// That the run's branch or tag lies in the language.
    pub(crate) fn name_in(&self, axis: Axis, language: &Language) -> Proposition {
        if language.is_empty() {
            return self.logic().falsehood();
        }
        let known = match axis {
            Axis::Branch => &self.known.branches,
            Axis::Tag => &self.known.tags,
        };
        if let Some(place) = known.iter().position(|other| other == language) {
            return match axis {
                Axis::Branch => self.facts.extra_branch(place),
                Axis::Tag => self.facts.extra_tag(place),
            };
        }
        self.asked.borrow_mut().ask(axis, language.clone());
        self.logic().falsehood()
    }

    /// The node of that name.
    pub(crate) fn node_named(&self, name: &str) -> Option<&'p Node> {
        self.nodes.get(name).copied()
    }

    /// The node that a job of this id stands for: that of its name, or the one whose twin it is.
    pub(crate) fn node_of(&self, job: &str) -> Option<&'p Node> {
        self.node_named(job).or_else(|| job.strip_suffix(UNTRUSTED).and_then(|name| self.node_named(name)))
    }

    /// That a person started the run, whatever it counts as.
    pub(crate) fn dispatched(&self) -> Proposition {
        self.logic().or(&self.facts.event(Event::Manual), &self.overriding())
    }

    /// That the run is an override: a person started it, and it has the facts of a push with what changed unknown. One
    /// that names the gate of no override is one too.
    pub(crate) fn overriding(&self) -> Proposition {
        if self.can_override() {
            self.logic().and(&self.facts.event(Event::Push), &self.free("an override"))
        } else {
            self.logic().falsehood()
        }
    }

    /// The gates that may be overridden.
    pub(crate) fn overridable(&self) -> &[&'p Node] {
        &self.overridable
    }

    /// Whether a gate of the source may be overridden.
    pub(crate) fn can_override(&self) -> bool {
        !self.overridable.is_empty()
    }

    /// Whether the source has manual runs of its own.
    pub(crate) fn has_own_manual_runs(&self) -> bool {
        self.source.events().contains(&Event::Manual)
    }

    /// That the run is an override of this gate: of no other at once.
    pub(crate) fn overrides(&self, gate: &str) -> Proposition {
        let logic = self.logic();
        let mut open = self.overriding();
        for other in &self.overridable {
            let named = logic.and(&open, &self.free(&format!("it overrides {}", other.name)));
            if other.name == gate {
                return named;
            }
            open = logic.and_not(&open, &named);
        }
        logic.falsehood()
    }

    /// That an override may begin: it names a gate, has a reason, and is for the commit that is the head of a branch which
    /// is protected and whose pushes the source lets in.
    pub(crate) fn by_the_book(&self) -> Proposition {
        let logic = self.logic();
        let named: Vec<Proposition> =
            self.overridable.iter().map(|gate| self.overrides(&gate.name)).collect();
        let pushed: Vec<Proposition> = self
            .source
            .triggers
            .iter()
            .filter_map(|trigger| match trigger {
                Trigger::Push(globs, _) => Some(globs),
                _ => None,
            })
            .flatten()
            .map(|glob| self.facts.branch(glob))
            .collect();
        logic.all(&[
            logic.any(&named),
            logic.any(&pushed),
            self.facts.protected(),
            logic.not(&self.manual_on_tag()),
            self.free("it is for the head of its branch, and has a reason"),
        ])
    }

    /// That a manual run was started on a tag, which GitHub allows and the source knows nothing of.
    pub(crate) fn manual_on_tag(&self) -> Proposition {
        self.logic().and(&self.dispatched(), &self.free("a manual run on a tag"))
    }

    /// That a pull request comes from another repository.
    pub(crate) fn other_repository(&self) -> Proposition {
        self.logic().and(&self.facts.event(Event::PullRequest), &self.free("from another repository"))
    }

    /// That a pull request is a bot's.
    pub(crate) fn bot(&self) -> Proposition {
        self.logic().and(&self.facts.event(Event::PullRequest), &self.free("of a bot"))
    }

    /// That a pull request goes to a branch that the source's trigger names.
    pub(crate) fn wanted_base(&self) -> Proposition {
        self.free("to a branch of the trigger")
    }

    /// What holds of every run that GitHub can start at all: `fork` is a pull request of another repository or a bot.
    pub(crate) fn possible(&self) -> Proposition {
        let logic = self.logic();
        let foreign = logic.or(&self.other_repository(), &self.bot());
        let unknown = logic.implies(&self.overriding(), &self.facts.unknown());
        logic.all(&[self.facts.valid().clone(), logic.iff(&self.facts.fork(), &foreign), unknown])
    }

    /// V: the runs that the source lets in.
    pub(crate) fn wanted(&self) -> Proposition {
        let logic = self.logic();
        let ways: Vec<Proposition> = self
            .source
            .triggers
            .iter()
            .map(|trigger| {
                let filter = match trigger {
                    Trigger::Push(globs, _) => {
                        let named = globs.iter().map(|glob| self.facts.branch(glob)).collect::<Vec<_>>();
                        let by_the_book = logic.implies(&self.overriding(), &self.by_the_book());
                        logic.and(&logic.any(&named), &by_the_book)
                    }
                    Trigger::Tag(globs, _) => {
                        logic.any(&globs.iter().map(|glob| self.facts.tag(glob)).collect::<Vec<_>>())
                    }
                    Trigger::PullRequest(..) => self.wanted_base(),
                    Trigger::Manual(..) => logic.not(&self.manual_on_tag()),
                    Trigger::Schedule(..) | Trigger::MergeQueue(_) => logic.truth(),
                };
                logic.and(&self.facts.event(trigger.event()), &filter)
            })
            .collect();
        logic.and(&self.possible(), &logic.any(&ways))
    }

    /// The run of a counterexample in people's words.
    pub(crate) fn tell(&self, counterexample: &Proposition) -> String {
        let logic = self.logic();
        let mut text = match self.facts.run(counterexample) {
            Ok(Some(run)) => run.to_string(),
            _ => return "a run that is too large to show".to_owned(),
        };
        let surely = |part: &Proposition| logic.implies_always(counterexample, part).unwrap_or(false);
        if surely(&self.overriding()) {
            text = text.replacen("push of branch", "override of branch", 1);
        }
        if surely(&self.manual_on_tag()) {
            text = text.replacen("of branch", "of a tag, not of branch", 1);
        }
        if surely(&logic.and_not(&self.facts.event(Event::PullRequest), &self.wanted_base())) {
            text.push_str(" to a branch that no trigger names");
        }
        text
    }
}
