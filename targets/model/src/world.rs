//! The runs that an engine can start, and the questions that proofs ask about them.
//!
//! They are more than the source admits. This file knows no source: `source.rs` has a pipeline's wishes for these runs.
//!
//! The output decides which names of branches and tags matter, and each such name splits the facts again. So proofs repeat:
//! the first round asks, and the next round has the answers.
//!
//! ```text
//! if: github.ref == 'refs/heads/release'      round 1 asks for the branches named `release` in any case, and answers
//!                                             "never" for now
//!                                             round 2 has a variable for them, and answers with it
//! ```

use pipec_ir::Event;
use pipec_ir::facts::{BranchId, Facts, TagId, Vocabulary};
use pipec_logic::{Language, Proposition, Propositions, TooLarge};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The name of a run that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The branch.
    Branch,
    /// The tag.
    Tag,
}

/// The sets of names that proofs have asked about so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    branches: Vec<Language>,
    tags: Vec<Language>,
}

impl Questions {
    /// Adds a question, if it is new.
    pub fn ask(&mut self, axis: Axis, language: Language) {
        let asked = match axis {
            Axis::Branch => &mut self.branches,
            Axis::Tag => &mut self.tags,
        };
        if !asked.contains(&language) {
            asked.push(language);
        }
    }
}

/// The manual runs that a person can start.
#[derive(Clone, Debug, Default)]
pub struct ManualEntry {
    /// The names of the gates that a run may override.
    pub overridable: Vec<String>,
    /// Whether there are manual runs that override nothing.
    pub has_ordinary_runs: bool,
}

/// The facts of all runs that an engine can start. It also answers questions about them.
pub struct World {
    /// The facts.
    pub facts: Facts,
    manual: ManualEntry,
    known: Questions,
    /// The handles of the known questions, in their order.
    branches: Vec<BranchId>,
    tags: Vec<TagId>,
    asked: RefCell<Questions>,
    /// A variable for each unknown circumstance, by its name.
    free: RefCell<FxHashMap<String, Proposition>>,
    /// A variable for each unknown circumstance of a job or step. The key is its name and the index of the job or step.
    free_at: RefCell<FxHashMap<(&'static str, usize), Proposition>>,
    /// Whether a value that depends on the run alone equals a word. Has each pair that was asked for.
    answers: RefCell<Vec<(String, String, Proposition)>>,
}

impl World {
    pub(crate) const OVERRIDE: &str = "an override";
    pub(crate) const MANUAL_ON_TAG: &str = "a manual run on a tag";
    pub(crate) const FROM_OTHER_REPOSITORY: &str = "from another repository";
    pub(crate) const OF_BOT: &str = "of a bot";
    pub(crate) const TO_WANTED_BASE: &str = "to a branch of the trigger";
    pub(crate) const COMPLETE_OVERRIDE: &str = "it is for the head of its branch, and has a reason";

    /// The circumstance that an override names a gate.
    pub(crate) fn override_of(gate: &str) -> String {
        format!("it overrides {gate}")
    }

    /// A world over a vocabulary that can answer the questions asked before.
    ///
    /// # Errors
    /// If the vocabulary and the questions split the names into more regions than can be computed.
    pub fn new(mut vocabulary: Vocabulary, known: Questions, manual: ManualEntry) -> Result<World, TooLarge> {
        if !manual.overridable.is_empty() {
            vocabulary.add_event(Event::Manual);
        }
        let branches =
            known.branches.iter().map(|names| vocabulary.add_branch_language(names.clone())).collect();
        let tags = known.tags.iter().map(|names| vocabulary.add_tag_language(names.clone())).collect();
        let facts = Facts::over(vocabulary)?;
        let asked = RefCell::new(known.clone());
        Ok(World {
            facts,
            manual,
            known,
            branches,
            tags,
            asked,
            free: RefCell::default(),
            free_at: RefCell::default(),
            answers: RefCell::default(),
        })
    }

    /// Every question asked so far. `None` if each of them had its answer.
    pub fn unanswered(&self) -> Option<Questions> {
        let asked = self.asked.borrow();
        (*asked != self.known).then(|| asked.clone())
    }

    /// The operations on propositions.
    pub fn logic(&self) -> &Propositions {
        self.facts.propositions()
    }

    /// The variable of an unknown circumstance. Equal names give equal variables.
    pub fn free(&self, name: &str) -> Proposition {
        if let Some(known) = self.free.borrow().get(name) {
            return known.clone();
        }
        let free = self.new_variable();
        self.free.borrow_mut().insert(name.to_owned(), free.clone());
        free
    }

    /// The variable of an unknown circumstance of a job or step. Equal names and indices give equal variables.
    pub fn free_at(&self, name: &'static str, place: usize) -> Proposition {
        self.free_at.borrow_mut().entry((name, place)).or_insert_with(|| self.new_variable()).clone()
    }

    fn new_variable(&self) -> Proposition {
        self.logic().variable(self.logic().new_variable())
    }

    /// That an expression equals a word. The expression depends on the run alone.
    ///
    /// `decide` is called once for each pair, because conditions ask for the same pairs repeatedly.
    pub fn run_is(&self, value: &str, word: &str, decide: impl FnOnce() -> Proposition) -> Proposition {
        let is_it = |(known, of, _): &&(String, String, Proposition)| of == word && known == value;
        if let Some((.., answer)) = self.answers.borrow().iter().find(is_it) {
            return answer.clone();
        }
        let answer = decide();
        self.answers.borrow_mut().push((value.to_owned(), word.to_owned(), answer.clone()));
        answer
    }

    /// That the run's branch or tag is in the language. An unanswered question holds in no run.
    pub fn name_in(&self, axis: Axis, language: &Language) -> Proposition {
        if language.is_empty() {
            return self.logic().falsehood();
        }
        let place_in = |known: &[Language]| known.iter().position(|other| other == language);
        let answer = match axis {
            Axis::Branch => place_in(&self.known.branches)
                .and_then(|place| self.branches.get(place))
                .map(|names| self.facts.branch(*names)),
            Axis::Tag => place_in(&self.known.tags)
                .and_then(|place| self.tags.get(place))
                .map(|names| self.facts.tag(*names)),
        };
        answer.unwrap_or_else(|| {
            self.asked.borrow_mut().ask(axis, language.clone());
            self.logic().falsehood()
        })
    }

    /// That a person started the run, including overrides.
    pub fn dispatched(&self) -> Proposition {
        self.logic().or(&self.facts.event(Event::Manual), &self.overriding())
    }

    /// That the run is an override. A person started it, and it has the facts of a push with an unknown change.
    ///
    /// A run whose input names no known gate counts as an override, too.
    pub fn overriding(&self) -> Proposition {
        if self.can_override() {
            self.logic().and(&self.facts.event(Event::Push), &self.free(World::OVERRIDE))
        } else {
            self.logic().falsehood()
        }
    }

    /// The manual runs that a person can start.
    pub fn manual(&self) -> &ManualEntry {
        &self.manual
    }

    /// Whether a run may override a gate.
    pub fn can_override(&self) -> bool {
        !self.manual.overridable.is_empty()
    }

    /// That the run overrides this gate. A run overrides at most one gate.
    pub fn overrides(&self, gate: &str) -> Proposition {
        let logic = self.logic();
        let mut open = self.overriding();
        for other in &self.manual.overridable {
            let named = logic.and(&open, &self.free(&World::override_of(other)));
            if other == gate {
                return named;
            }
            open = logic.and_not(&open, &named);
        }
        logic.falsehood()
    }

    /// That a manual run was started on a tag. An engine may allow this, but no source has it.
    pub fn manual_on_tag(&self) -> Proposition {
        self.logic().and(&self.dispatched(), &self.free(World::MANUAL_ON_TAG))
    }

    /// That a pull request comes from another repository.
    pub fn other_repository(&self) -> Proposition {
        self.logic().and(&self.facts.event(Event::PullRequest), &self.free(World::FROM_OTHER_REPOSITORY))
    }

    /// That a pull request is by a bot.
    pub fn bot(&self) -> Proposition {
        self.logic().and(&self.facts.event(Event::PullRequest), &self.free(World::OF_BOT))
    }

    /// That a pull request targets a branch that a trigger names.
    pub fn wanted_base(&self) -> Proposition {
        self.free(World::TO_WANTED_BASE)
    }

    /// The runs that an engine can start. A fork is a pull request of another repository or by a bot.
    pub fn possible(&self) -> Proposition {
        let logic = self.logic();
        let foreign = logic.or(&self.other_repository(), &self.bot());
        let unknown = logic.implies(&self.overriding(), &self.facts.unknown());
        logic.all(&[self.facts.valid().clone(), logic.iff(&self.facts.fork(), &foreign), unknown])
    }

    /// The run of a counterexample, in words.
    pub fn describe(&self, counterexample: &Proposition) -> String {
        let logic = self.logic();
        let mut text = match self.facts.run(counterexample) {
            Ok(Some(run)) => run.to_string(),
            _ => return "a run that is too large to show".to_owned(),
        };
        let is_sure = |part: &Proposition| logic.implies_always(counterexample, part).unwrap_or(false);
        if is_sure(&self.overriding()) {
            text = text.replacen("push of branch", "override of branch", 1);
        }
        if is_sure(&self.manual_on_tag()) {
            text = text.replacen("of branch", "of a tag, not of branch", 1);
        }
        if is_sure(&logic.and_not(&self.facts.event(Event::PullRequest), &self.wanted_base())) {
            text.push_str(" to a branch that no trigger names");
        }
        text
    }
}
