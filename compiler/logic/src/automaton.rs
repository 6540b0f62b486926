//! Deterministic automata over characters, in a canonical form.
//!
//! ```text
//! glob `a*`, where `*` matches every character except `/`
//!
//! classes        '/' = 0    'a' = 1    other = 2
//! state 0        1          2          1              start
//! state 1        1          1          1              dead: no word leads from here to acceptance
//! state 2        1          2          2              accepts
//! ```

use std::collections::VecDeque;
use std::hash::Hash;
use std::iter;

use crate::TooLarge;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// A deterministic automaton. Its alphabet is the characters it mentions, and one class for all others.
///
/// States are numbered from 0, the start state. A finished automaton is canonical:
/// - it is minimal;
/// - its states are numbered in the order of a breadth-first walk;
/// - it mentions no character that behaves like the unmentioned ones;
/// - its start state does not accept, since no language here contains the empty string.
///
/// So two automata of the same language are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Automaton {
    /// Sorted. The class of `mentioned[k]` is k, and the class of every other character is `mentioned.len()`.
    mentioned: Vec<char>,
    /// The successors of all states: a row of `width` classes for each state.
    table: Vec<u32>,
    accepting: Vec<bool>,
}

impl Automaton {
    /// Explores a deterministic transition system from `start` and brings the result into canonical form.
    ///
    /// `step` receives a class of `mentioned`; the last class is all other characters.
    pub(crate) fn explore<S: Clone + Eq + Hash>(
        mentioned: Vec<char>,
        start: S,
        step: impl Fn(&S, usize, &mut S),
        accepts: impl Fn(&S) -> bool,
    ) -> Automaton {
        let explored = Explored::whole(mentioned.len() + 1, start, step);
        Automaton::from_explored(mentioned, explored, accepts)
    }

    /// Brings an explored transition system into canonical form.
    pub(crate) fn from_explored<S>(
        mentioned: Vec<char>,
        explored: Explored<S>,
        accepts: impl Fn(&S) -> bool,
    ) -> Automaton {
        let accepting = explored.states.iter().map(accepts).collect();
        Automaton { mentioned, table: explored.table, accepting }.canonical()
    }

    /// Combines two automata state by state.
    pub(crate) fn product(&self, other: &Automaton, accepts: impl Fn(bool, bool) -> bool) -> Automaton {
        let mentioned = merged(&self.mentioned, &other.mentioned);
        let left = self.classes_of(&mentioned);
        let right = other.classes_of(&mentioned);
        let step = |&(one, two): &(u32, u32), class: usize, next: &mut (u32, u32)| {
            *next = (self.next(one, at(&left, class)), other.next(two, at(&right, class)));
        };
        let accepts = |&(one, two): &(u32, u32)| accepts(self.accepts(one), other.accepts(two));
        Automaton::explore(mentioned, (0, 0), step, accepts)
    }

    /// The automaton of all non-empty strings that this one rejects.
    pub(crate) fn complement(&self) -> Automaton {
        let accepting = self.accepting.iter().map(|accepts| !accepts).collect();
        Automaton { mentioned: self.mentioned.clone(), table: self.table.clone(), accepting }.canonical()
    }

    pub(crate) fn mentioned(&self) -> &[char] {
        &self.mentioned
    }

    /// The successors of all states: a row for each state.
    pub(crate) fn table(&self) -> &[u32] {
        &self.table
    }

    pub(crate) fn states(&self) -> usize {
        self.accepting.len()
    }

    pub(crate) fn class(&self, character: char) -> usize {
        self.mentioned.binary_search(&character).unwrap_or(self.mentioned.len())
    }

    /// For each class of a wider alphabet, the class of this automaton. The last entry is for unmentioned characters.
    pub(crate) fn classes_of(&self, wider: &[char]) -> Vec<usize> {
        let mentioned = wider.iter().map(|&character| self.class(character));
        mentioned.chain([self.mentioned.len()]).collect()
    }

    pub(crate) fn next(&self, state: u32, class: usize) -> u32 {
        at(&self.table, state as usize * self.width() + class)
    }

    pub(crate) fn accepts(&self, state: u32) -> bool {
        at(&self.accepting, state as usize)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.accepting.contains(&true)
    }

    /// The dead state, if there is one: no word leads from it to acceptance.
    pub(crate) fn dead(&self) -> Option<u32> {
        (0..).take(self.states()).find(|&state| self.is_dead(state))
    }

    /// Whether no word leads from this state to acceptance. A minimal automaton has at most one such state.
    pub(crate) fn is_dead(&self, state: u32) -> bool {
        !self.accepts(state) && self.row(state).iter().all(|&next| next == state)
    }

    pub(crate) fn run(&self, text: &str) -> u32 {
        text.chars().fold(0, |state, character| self.next(state, self.class(character)))
    }

    fn width(&self) -> usize {
        self.mentioned.len() + 1
    }

    fn row(&self, state: u32) -> &[u32] {
        let start = state as usize * self.width();
        self.table.get(start..start + self.width()).unwrap_or_default()
    }

    /// Requires that the states are numbered in the order of a breadth-first walk.
    fn canonical(self) -> Automaton {
        self.with_rejecting_start().minimal().without_superfluous_characters()
    }

    /// Makes the automaton reject the empty string: a rejecting copy replaces an accepting start state.
    fn with_rejecting_start(mut self) -> Automaton {
        if !self.accepts(0) {
            return self;
        }
        let copy = number(self.states());
        for next in self.table.iter_mut().filter(|next| **next == 0) {
            *next = copy;
        }
        let row = self.row(0).to_vec();
        self.table.extend(row);
        self.accepting.push(true);
        if let Some(start) = self.accepting.first_mut() {
            *start = false;
        }
        self.renumbered()
    }

    /// Merges equivalent states by Moore's refinement, and renumbers the reachable ones breadth first.
    ///
    /// The refinement starts from the distance to acceptance, which equivalent states share. From acceptance alone it
    /// would need as many rounds as the longest literal has characters.
    fn minimal(self) -> Automaton {
        let mut blocks = self.distances_to_acceptance();
        let mut count = distinct(&blocks);
        // Distances are not block numbers yet, so one round is necessary unless all distances differ.
        if count == self.states() {
            return self;
        }
        loop {
            let mut known: IndexSet<Vec<u32>, FxBuildHasher> =
                IndexSet::with_capacity_and_hasher(count, FxBuildHasher);
            let refined: Vec<u32> = (0..)
                .zip(&blocks)
                .map(|(state, &block)| {
                    let successors = self.row(state).iter().map(|&next| at(&blocks, next as usize));
                    let signature: Vec<u32> = [block].into_iter().chain(successors).collect();
                    number(known.insert_full(signature).0)
                })
                .collect();
            blocks = refined;
            if known.len() == count {
                break;
            }
            count = known.len();
        }
        let mut member = vec![0; count];
        for (state, &block) in (0..).zip(&blocks) {
            if let Some(slot) = member.get_mut(block as usize) {
                *slot = state;
            }
        }
        let step = |&block: &u32, class: usize, next: &mut u32| {
            *next = at(&blocks, self.next(at(&member, block as usize), class) as usize);
        };
        let explored = Explored::whole(self.width(), at(&blocks, 0), step);
        let accepting =
            explored.states.iter().map(|&block| self.accepts(at(&member, block as usize))).collect();
        Automaton { mentioned: self.mentioned, table: explored.table, accepting }
    }

    fn distances_to_acceptance(&self) -> Vec<u32> {
        // For each state, the table entries that lead to it, as a linked list: the last entry, and each entry's predecessor.
        let mut last: Vec<Option<usize>> = vec![None; self.states()];
        let before: Vec<Option<usize>> = (0..)
            .zip(&self.table)
            .map(|(entry, &next)| last.get_mut(next as usize).and_then(|last| last.replace(entry)))
            .collect();
        let mut distances: Vec<u32> =
            self.accepting.iter().map(|&accepts| if accepts { 0 } else { u32::MAX }).collect();
        let mut queue: VecDeque<u32> =
            (0..).zip(&self.accepting).filter(|(_, a)| **a).map(|(s, _)| s).collect();
        while let Some(state) = queue.pop_front() {
            let distance = at(&distances, state as usize).saturating_add(1);
            let entries = iter::successors(at(&last, state as usize), |&entry| at(&before, entry));
            for previous in entries.map(|entry| entry / self.width()) {
                if let Some(known) = distances.get_mut(previous)
                    && *known == u32::MAX
                {
                    *known = distance;
                    queue.push_back(number(previous));
                }
            }
        }
        distances
    }

    fn without_superfluous_characters(self) -> Automaton {
        let other = self.mentioned.len();
        let states = (0..).take(self.states());
        let is_superfluous =
            |class: usize| states.clone().all(|state| self.next(state, class) == self.next(state, other));
        let kept: Vec<(usize, char)> =
            self.mentioned.iter().copied().enumerate().filter(|&(class, _)| !is_superfluous(class)).collect();
        if kept.len() == other {
            return self;
        }
        let classes: Vec<usize> = kept.iter().map(|&(class, _)| class).chain([other]).collect();
        let table = states
            .clone()
            .flat_map(|state| classes.iter().map(move |&class| (state, class)))
            .map(|(state, class)| self.next(state, class))
            .collect();
        let mentioned = kept.into_iter().map(|(_, character)| character).collect();
        // The walk that numbered the states visited the classes in order. A removed class led where the last class leads,
        // so without it the walk may find states in another order.
        Automaton { mentioned, table, accepting: self.accepting }.renumbered()
    }

    fn renumbered(self) -> Automaton {
        let step = |&state: &u32, class: usize, next: &mut u32| *next = self.next(state, class);
        let explored = Explored::whole(self.width(), 0, step);
        let accepting = explored.states.iter().map(|&state| self.accepts(state)).collect();
        Automaton { mentioned: self.mentioned, table: explored.table, accepting }
    }
}

/// The states of a deterministic transition system that its start reaches, in breadth-first order.
pub(crate) struct Explored<S> {
    pub(crate) states: Vec<S>,
    pub(crate) table: Vec<u32>,
}

impl<S: Clone + Eq + Hash> Explored<S> {
    /// Explores a system that is known to be small. `step` writes the successor into its last argument.
    pub(crate) fn whole(classes: usize, start: S, step: impl Fn(&S, usize, &mut S)) -> Explored<S> {
        Explored::first(classes, start, step, usize::MAX).0
    }

    /// Explores a system of at most `limit` states.
    pub(crate) fn within(
        limit: usize,
        classes: usize,
        start: S,
        step: impl Fn(&S, usize, &mut S),
    ) -> Result<Explored<S>, TooLarge> {
        match Explored::first(classes, start, step, limit) {
            (explored, true) => Ok(explored),
            (_, false) => Err(TooLarge { limit }),
        }
    }

    /// At most `limit` states, and whether these are all.
    fn first(
        classes: usize,
        start: S,
        step: impl Fn(&S, usize, &mut S),
        limit: usize,
    ) -> (Explored<S>, bool) {
        let mut next = start.clone();
        let mut states = IndexSet::with_capacity_and_hasher(USUAL_STATES, FxBuildHasher);
        let mut table = Vec::new();
        // Consecutive classes often lead to the same state, so the last one is tried first.
        let mut last = states.insert_full(start).0;
        let mut is_whole = limit > 0;
        let mut done = 0;
        while is_whole && done < states.len() {
            for class in 0..classes {
                let Some(state) = states.get_index(done) else { break };
                step(state, class, &mut next);
                if states.get_index(last) != Some(&next) {
                    match states.get_index_of(&next) {
                        Some(place) => last = place,
                        None if states.len() < limit => last = states.insert_full(next.clone()).0,
                        None => {
                            is_whole = false;
                            break;
                        }
                    }
                }
                table.push(number(last));
            }
            done += 1;
        }
        (Explored { states: states.into_iter().collect(), table }, is_whole)
    }
}

/// The number of states of an ordinary glob.
const USUAL_STATES: usize = 16;

/// Two sorted alphabets as one.
pub(crate) fn merged(left: &[char], right: &[char]) -> Vec<char> {
    let mut characters: Vec<char> = left.iter().chain(right).copied().collect();
    characters.sort_unstable();
    characters.dedup();
    characters
}

/// The entry of a table at an index that is in range by construction.
pub(crate) fn at<T: Copy + Default>(values: &[T], index: usize) -> T {
    values.get(index).copied().unwrap_or_default()
}

/// A number of states as a state number; 2³² states would not fit into memory.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn distinct(blocks: &[u32]) -> usize {
    let mut sorted = blocks.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}
