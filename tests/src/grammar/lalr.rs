//! LALR(1) tables.
//!
//! They are the LR(0) automaton, with lookaheads by the relations of DeRemer and Pennello ("Efficient computation of
//! LALR(1) look-ahead sets", TOPLAS 4(4), 1982). The names `reads`, `includes` and `lookback` are theirs.

#![expect(clippy::indexing_slicing, reason = "every index is a number of the table it indexes")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use super::bnf::{Bnf, Symbol};
use super::sentences::Shortest;

/// A production with a position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    production: usize,
    dot: usize,
}

#[derive(Debug, Default)]
struct State {
    items: BTreeSet<Item>,
    next: BTreeMap<Symbol, usize>,
    /// The lookahead of each production that may end here.
    ends: BTreeMap<usize, TerminalSet>,
}

/// The maximum number of paths to a state. They are tried for an example of a conflict.
const MOST_WAYS: usize = 4;

/// The maximum number of productions that end at one position. More of them are a circle of rules.
const MOST_REDUCTIONS: usize = 100;

/// Symbols, and the states that they lead through, starting with the first.
#[derive(Clone, Debug)]
struct Way {
    symbols: Vec<Symbol>,
    states: Vec<usize>,
}

/// A parser for a grammar, and its ambiguities.
#[derive(Debug)]
pub struct Tables<'g> {
    grammar: &'g Bnf,
    states: Vec<State>,
}

/// Two readings of the same words that one token of lookahead can't distinguish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The tokens that do not decide it, as the grammar writes them.
    pub tokens: Vec<String>,
    /// The readings. `•` marks the position up to which the text has been read.
    pub readings: Vec<String>,
    /// The beginning of a text with the conflict, up to one of the tokens. If all readings can continue after the same
    /// text, it is one of these.
    pub example: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "two readings before {}", self.tokens.join(", "))?;
        for reading in &self.readings {
            writeln!(formatter, "  {reading}")?;
        }
        write!(formatter, "  for example: {}", self.example)
    }
}

impl<'g> Tables<'g> {
    /// Builds the tables of a grammar.
    pub fn new(grammar: &'g Bnf) -> Tables<'g> {
        let mut tables = Tables { grammar, states: states(grammar) };
        tables.look_ahead();
        tables
    }

    /// The conflicts of the grammar. Empty if every text has one reading.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut ways = None;
        let shortest = Shortest::new(self.grammar);
        let mut conflicts = Vec::new();
        for (number, state) in self.states.iter().enumerate() {
            let mut by_reading: BTreeMap<Vec<Item>, Vec<usize>> = BTreeMap::new();
            for terminal in 0..self.grammar.terminals.len() {
                let symbol = Symbol::Terminal(terminal);
                let ending = state.ends.iter().filter(|(_, ahead)| ahead.contains(terminal));
                let mut readings: Vec<Item> = ending
                    .map(|(production, _)| Item {
                        production: *production,
                        dot: self.grammar.productions[*production].right.len(),
                    })
                    .collect();
                let shifts = state.next.contains_key(&symbol);
                if readings.len() + usize::from(shifts) < 2 {
                    continue;
                }
                readings.extend(state.items.iter().filter(|item| next(self.grammar, **item) == Some(symbol)));
                by_reading.entry(readings).or_default().push(terminal);
            }
            for (readings, terminals) in by_reading {
                let ways = &ways.get_or_insert_with(|| self.ways())[number];
                let possible = |way: &Way, terminal| {
                    readings.iter().all(|item| self.can_follow(&way.states, *item, terminal))
                };
                let (way, terminal) = ways
                    .iter()
                    .flat_map(|way| terminals.iter().map(move |terminal| (way, *terminal)))
                    .find(|(way, terminal)| possible(way, *terminal))
                    .unwrap_or((&ways[0], terminals[0]));
                let prefix = [way.symbols.as_slice(), &[Symbol::Terminal(terminal)]].concat();
                conflicts.push(Conflict {
                    tokens: terminals
                        .iter()
                        .map(|terminal| self.grammar.show(Symbol::Terminal(*terminal)))
                        .collect(),
                    readings: readings.iter().map(|item| self.show(*item)).collect(),
                    example: shortest.text(&prefix),
                });
            }
        }
        conflicts
    }

    /// Checks that terminals, without the end, are a sentence. The grammar must have no conflicts.
    ///
    /// # Errors
    /// The index of the first terminal that is not allowed.
    pub fn read(&self, terminals: &[usize]) -> Result<(), usize> {
        let mut stack = vec![0];
        for (place, terminal) in terminals.iter().copied().chain([Bnf::END]).enumerate() {
            loop {
                let state = &self.states[stack.last().copied().unwrap_or_default()];
                if let Some(shifted) = state.next.get(&Symbol::Terminal(terminal)) {
                    stack.push(*shifted);
                    break;
                }
                let Some((ended, _)) = state.ends.iter().find(|(_, ahead)| ahead.contains(terminal)) else {
                    return Err(place);
                };
                stack = self.reduced(&stack, *ended);
            }
        }
        Ok(())
    }

    fn show(&self, item: Item) -> String {
        let production = &self.grammar.productions[item.production];
        let mut right: Vec<String> =
            production.right.iter().map(|symbol| self.grammar.show(*symbol)).collect();
        right.insert(item.dot, "•".to_owned());
        format!("{} = {}", self.grammar.nonterminals[production.left], right.join(" "))
    }

    /// Paths to the states, shorter ones first, at most [`MOST_WAYS`] for each.
    fn ways(&self) -> Vec<Vec<Way>> {
        let mut ways: Vec<Vec<Way>> = vec![Vec::new(); self.states.len()];
        let mut queue = VecDeque::from([Way { symbols: Vec::new(), states: vec![0] }]);
        while let Some(way) = queue.pop_front() {
            let to = way.states.last().copied().unwrap_or_default();
            if ways[to].len() == MOST_WAYS {
                continue;
            }
            for (symbol, next) in &self.states[to].next {
                let mut longer = way.clone();
                longer.symbols.push(*symbol);
                longer.states.push(*next);
                queue.push_back(longer);
            }
            ways[to].push(way);
        }
        ways
    }

    /// Whether the terminal can follow these states if they are read as `item`. LALR(1) tables combine all paths to a
    /// state, but a text has taken one of them.
    fn can_follow(&self, states: &[usize], item: Item, terminal: usize) -> bool {
        let shifts = item.dot < self.grammar.productions[item.production].right.len();
        shifts || self.can_shift(self.reduced(states, item.production), terminal, MOST_REDUCTIONS)
    }

    fn can_shift(&self, states: Vec<usize>, terminal: usize, reductions: usize) -> bool {
        let state = &self.states[states.last().copied().unwrap_or_default()];
        state.next.contains_key(&Symbol::Terminal(terminal))
            || reductions > 0
                && state.ends.iter().any(|(production, ahead)| {
                    ahead.contains(terminal)
                        && self.can_shift(self.reduced(&states, *production), terminal, reductions - 1)
                })
    }

    /// The states after the end of a production.
    fn reduced(&self, states: &[usize], production: usize) -> Vec<usize> {
        let production = &self.grammar.productions[production];
        let mut states = states[..states.len() - production.right.len()].to_vec();
        let below = states.last().copied().unwrap_or_default();
        states.push(self.states[below].next[&Symbol::Nonterminal(production.left)]);
        states
    }

    /// Computes the lookahead of each production.
    fn look_ahead(&mut self) {
        let grammar = self.grammar;
        let empty = can_be_empty(grammar);
        let mut steps: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (state, contents) in self.states.iter().enumerate() {
            for symbol in contents.next.keys() {
                if let Symbol::Nonterminal(nonterminal) = symbol {
                    let number = steps.len();
                    steps.insert((state, *nonterminal), number);
                }
            }
        }
        let mut follow = vec![TerminalSet::new(grammar.terminals.len()); steps.len()];
        let mut reads = vec![Vec::new(); steps.len()];
        let mut includes = vec![Vec::new(); steps.len()];
        let mut lookback: Vec<(usize, usize, usize)> = Vec::new();
        for ((state, nonterminal), step) in &steps {
            let after = self.states[*state].next[&Symbol::Nonterminal(*nonterminal)];
            for symbol in self.states[after].next.keys() {
                match symbol {
                    Symbol::Terminal(terminal) => follow[*step].insert(*terminal),
                    Symbol::Nonterminal(other) if empty.contains(other) => {
                        reads[*step].push(steps[&(after, *other)]);
                    }
                    Symbol::Nonterminal(_) => {}
                }
            }
            for (number, production) in grammar.productions_of(*nonterminal) {
                let mut at = *state;
                for (place, symbol) in production.right.iter().enumerate() {
                    if let Symbol::Nonterminal(inner) = symbol
                        && production.right[place + 1..].iter().all(
                            |symbol| matches!(symbol, Symbol::Nonterminal(number) if empty.contains(number)),
                        )
                    {
                        includes[steps[&(at, *inner)]].push(*step);
                    }
                    at = self.states[at].next[symbol];
                }
                lookback.push((at, number, *step));
            }
        }
        spread(&mut follow, &reads);
        spread(&mut follow, &includes);
        for (state, production, step) in lookback {
            self.states[state]
                .ends
                .entry(production)
                .or_insert_with(|| TerminalSet::new(grammar.terminals.len()))
                .add(&follow[step]);
        }
    }
}

/// Adds related sets to each set, until nothing changes.
fn spread(sets: &mut [TerminalSet], related: &[Vec<usize>]) {
    let mut changed = true;
    while changed {
        changed = false;
        for (to, others) in related.iter().enumerate() {
            for from in others {
                let source = sets[*from].clone();
                changed |= sets[to].add(&source);
            }
        }
    }
}

/// The symbol after the dot.
fn next(grammar: &Bnf, item: Item) -> Option<Symbol> {
    grammar.productions[item.production].right.get(item.dot).copied()
}

/// The LR(0) automaton. The first state is the start.
fn states(grammar: &Bnf) -> Vec<State> {
    let mut by_left: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, production) in grammar.productions.iter().enumerate() {
        by_left.entry(production.left).or_default().push(number);
    }
    let start = BTreeSet::from([Item { production: 0, dot: 0 }]);
    let mut numbers: BTreeMap<BTreeSet<Item>, usize> = BTreeMap::from([(start.clone(), 0)]);
    let mut queue = VecDeque::from([start]);
    let mut states = Vec::new();
    while let Some(kernel) = queue.pop_front() {
        let mut items = kernel.clone();
        let mut fresh: Vec<Item> = kernel.into_iter().collect();
        while let Some(item) = fresh.pop() {
            if let Some(Symbol::Nonterminal(left)) = next(grammar, item) {
                for production in by_left.get(&left).into_iter().flatten() {
                    let item = Item { production: *production, dot: 0 };
                    if items.insert(item) {
                        fresh.push(item);
                    }
                }
            }
        }
        let mut kernels: BTreeMap<Symbol, BTreeSet<Item>> = BTreeMap::new();
        for item in &items {
            if let Some(symbol) = next(grammar, *item) {
                let moved = Item { production: item.production, dot: item.dot + 1 };
                kernels.entry(symbol).or_default().insert(moved);
            }
        }
        let mut state = State { items, ..State::default() };
        for (symbol, kernel) in kernels {
            let fresh = numbers.len();
            let number = *numbers.entry(kernel.clone()).or_insert(fresh);
            if number == fresh {
                queue.push_back(kernel);
            }
            state.next.insert(symbol, number);
        }
        states.push(state);
    }
    states
}

/// The nonterminals that may be empty.
fn can_be_empty(grammar: &Bnf) -> BTreeSet<usize> {
    let mut empty = BTreeSet::new();
    loop {
        let before = empty.len();
        for production in &grammar.productions {
            let nothing = production
                .right
                .iter()
                .all(|symbol| matches!(symbol, Symbol::Nonterminal(number) if empty.contains(number)));
            if nothing {
                empty.insert(production.left);
            }
        }
        if empty.len() == before {
            return empty;
        }
    }
}

/// A set of terminals, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TerminalSet {
    bits: Vec<u64>,
}

impl TerminalSet {
    fn new(terminals: usize) -> TerminalSet {
        TerminalSet { bits: vec![0; terminals.div_ceil(64)] }
    }

    fn insert(&mut self, terminal: usize) {
        self.bits[terminal / 64] |= 1 << (terminal % 64);
    }

    fn contains(&self, terminal: usize) -> bool {
        self.bits[terminal / 64] & (1 << (terminal % 64)) != 0
    }

    /// Adds another set. Returns whether that changed anything.
    fn add(&mut self, other: &TerminalSet) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.bits.iter_mut().zip(&other.bits) {
            changed |= *theirs & !*mine != 0;
            *mine |= *theirs;
        }
        changed
    }
}
