//! Reduced, ordered binary decision diagrams that share all their nodes.
//!
//! Each diagram is stored once, and the result of each conjunction is remembered.
//!
//! ```text
//! variables push = 0, main = 1                push ∧ main                 ¬(push ∧ main)
//!
//! node 1: variable 1, low FALSE, high TRUE    diagram of node 2           the same node, with the bit of negation
//! node 2: variable 0, low FALSE, high node 1
//! ```
//!
//! R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986; complemented edges after K. S. Brace,
//! R. L. Rudell and R. E. Bryant, "Efficient Implementation of a BDD Package", 1990.

use indexmap::IndexSet;
use pipec_base::cancellation;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// The most that a set of propositions may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most nodes that one operation may add. It may take four times as many steps.
    pub nodes: usize,
    /// The most steps of all operations together. A step visits one pair of nodes for the first time.
    pub steps: usize,
}

impl Default for Limits {
    /// Limits far above what a hand-written pipeline needs, which are still reached within seconds.
    fn default() -> Limits {
        Limits { nodes: 50_000, steps: 5_000_000 }
    }
}

/// A diagram of a store. It is the index of its root, with the lowest bit set if it is negated.
///
/// Two diagrams are equal exactly if they are the same function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Diagram(u32);

impl Diagram {
    pub(crate) const TRUE: Diagram = Diagram(0);
    pub(crate) const FALSE: Diagram = Diagram(1);

    pub(crate) fn not(self) -> Diagram {
        Diagram(self.0 ^ 1)
    }

    fn negated_if(self, negated: bool) -> Diagram {
        Diagram(self.0 ^ u32::from(negated))
    }

    fn is_negation(self) -> bool {
        self.0 & 1 == 1
    }

    fn place(self) -> u32 {
        self.0 >> 1
    }
}

/// A decision: one diagram for a false variable and one for a true variable.
///
/// `high` is never negated, so that each diagram has exactly one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    variable: u32,
    low: Diagram,
    high: Diagram,
}

/// The variable of the constants, which is after every other.
const NO_VARIABLE: u32 = u32::MAX;

/// The most nodes whose places fit into a diagram.
const MOST_NODES: usize = 1 << 31;

/// The number of nodes of an ordinary pipeline.
const USUAL_NODES: usize = 400;

/// The number of steps between two checks for cancellation. They take a fraction of a millisecond.
const STEPS_BETWEEN_LOOKS: usize = 1 << 10;

/// All diagrams of a set of propositions.
#[derive(Debug)]
pub(crate) struct Store {
    /// By place. Children come before their parents, and the first node is the constant.
    nodes: IndexSet<Node, FxBuildHasher>,
    /// The results of conjunctions; in a pair, the lesser diagram comes first.
    conjunctions: FxHashMap<(Diagram, Diagram), Diagram>,
    limits: Limits,
    steps: usize,
    /// The number of nodes and steps at which the current operation reaches its limits.
    last_node: usize,
    last_step: usize,
    /// The unfinished conjunctions, each within the one before it.
    ///
    /// The call stack would be too small for them: diagrams are as deep as the number of variables.
    open: Vec<Open>,
}

/// An unfinished conjunction.
#[derive(Clone, Copy, Debug)]
struct Open {
    pair: (Diagram, Diagram),
    variable: u32,
    /// The result for a false variable, once it is known.
    low: Option<Diagram>,
    /// The pair to conjoin for a true variable.
    high: (Diagram, Diagram),
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Store {
        let constant = Node { variable: NO_VARIABLE, low: Diagram::TRUE, high: Diagram::TRUE };
        let mut nodes = IndexSet::with_capacity_and_hasher(USUAL_NODES, FxBuildHasher);
        nodes.insert(constant);
        Store {
            nodes,
            conjunctions: FxHashMap::with_capacity_and_hasher(USUAL_NODES, FxBuildHasher),
            limits,
            steps: 0,
            last_node: 0,
            last_step: 0,
            open: Vec::new(),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// The steps of all operations so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// The first variable of a diagram; `None` for a constant.
    pub(crate) fn variable(&self, diagram: Diagram) -> Option<u32> {
        Some(self.first(diagram)).filter(|variable| *variable != NO_VARIABLE)
    }

    /// The diagram for a false and for a true variable. The variable must not be after the diagram's first.
    pub(crate) fn halves(&self, diagram: Diagram, variable: u32) -> (Diagram, Diagram) {
        match self.node(diagram) {
            Some(node) if node.variable == variable => {
                let negated = diagram.is_negation();
                (node.low.negated_if(negated), node.high.negated_if(negated))
            }
            _ => (diagram, diagram),
        }
    }

    /// Does some work within the limits of one operation. Removes the added nodes if the work fails.
    pub(crate) fn operation<T>(&mut self, work: impl FnOnce(&mut Store) -> Option<T>) -> Option<T> {
        let known = self.nodes.len();
        self.last_node = known.saturating_add(self.limits.nodes);
        self.last_step =
            self.steps.saturating_add(self.limits.nodes.saturating_mul(4)).min(self.limits.steps);
        let result = work(self);
        if result.is_none() {
            let is_known = |diagram: Diagram| (diagram.place() as usize) < known;
            self.nodes.truncate(known);
            self.conjunctions
                .retain(|(left, right), both| is_known(*left) && is_known(*right) && is_known(*both));
        }
        result
    }

    /// The decision of a variable that is before all variables of both diagrams. `None` past the limit.
    pub(crate) fn decide(&mut self, variable: u32, low: Diagram, high: Diagram) -> Option<Diagram> {
        if low == high {
            return Some(low);
        }
        let negated = high.is_negation();
        let node = Node { variable, low: low.negated_if(negated), high: high.negated_if(negated) };
        let has_room = self.nodes.len() < self.last_node.min(MOST_NODES);
        let place = if has_room { self.nodes.insert_full(node).0 } else { self.nodes.get_index_of(&node)? };
        Some(Diagram(u32::try_from(place).ok()? << 1).negated_if(negated))
    }

    /// The conjunction; `None` past a limit.
    pub(crate) fn and(&mut self, left: Diagram, right: Diagram) -> Option<Diagram> {
        self.conjoin(left, right, |_| false)
    }

    /// Whether some valuation satisfies both; `None` past a limit.
    ///
    /// It takes at most the steps of the conjunction, and adds no node.
    pub(crate) fn is_compatible(&mut self, left: Diagram, right: Diagram) -> Option<bool> {
        let is_possible = |part| part != Diagram::FALSE;
        self.conjoin(left, right, is_possible).map(is_possible)
    }

    /// The conjunction, or the first partial result for which `is_enough` holds.
    fn conjoin(
        &mut self,
        left: Diagram,
        right: Diagram,
        is_enough: impl Fn(Diagram) -> bool,
    ) -> Option<Diagram> {
        self.open.clear();
        let mut pair = (left, right);
        loop {
            let Some(mut known) = self.known(pair) else {
                pair = self.open(pair)?;
                continue;
            };
            if is_enough(known) {
                return Some(known);
            }
            // If this was the second half of a conjunction, that conjunction is known too.
            pair = loop {
                let Some(open) = self.open.last_mut() else { return Some(known) };
                let Some(low) = open.low else {
                    open.low = Some(known);
                    break open.high;
                };
                let Open { pair, variable, .. } = *open;
                self.open.pop();
                known = self.decide(variable, low, known)?;
                self.conjunctions.insert(pair, known);
            };
        }
    }

    /// The conjunction of a pair, if it is trivial or was computed before.
    fn known(&self, (left, right): (Diagram, Diagram)) -> Option<Diagram> {
        if left == Diagram::FALSE || right == Diagram::FALSE || left == right.not() {
            Some(Diagram::FALSE)
        } else if left == Diagram::TRUE || left == right {
            Some(right)
        } else if right == Diagram::TRUE {
            Some(left)
        } else {
            self.conjunctions.get(&ordered(left, right)).copied()
        }
    }

    /// Begins a conjunction and returns its first half, the pair for a false variable. `None` past the limit.
    fn open(&mut self, pair: (Diagram, Diagram)) -> Option<(Diagram, Diagram)> {
        if self.steps >= self.last_step {
            return None;
        }
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS_BETWEEN_LOOKS) {
            cancellation::check();
        }
        let (left, right) = pair;
        let variable = self.first(left).min(self.first(right));
        let (left_low, left_high) = self.halves(left, variable);
        let (right_low, right_high) = self.halves(right, variable);
        let high = (left_high, right_high);
        self.open.push(Open { pair: ordered(left, right), variable, low: None, high });
        Some((left_low, right_low))
    }

    /// The diagram and all diagrams below it, children before parents.
    pub(crate) fn below(&self, diagram: Diagram) -> Vec<Diagram> {
        let mut seen = FxHashSet::from_iter([diagram]);
        let mut open = vec![diagram];
        while let Some(next) = open.pop() {
            let (low, high) = self.halves(next, self.first(next));
            open.extend([low, high].into_iter().filter(|half| seen.insert(*half)));
        }
        let mut all: Vec<Diagram> = seen.into_iter().collect();
        all.sort_unstable();
        all
    }

    fn first(&self, diagram: Diagram) -> u32 {
        self.node(diagram).map_or(NO_VARIABLE, |node| node.variable)
    }

    fn node(&self, diagram: Diagram) -> Option<&Node> {
        self.nodes.get_index(diagram.place() as usize)
    }
}

fn ordered(left: Diagram, right: Diagram) -> (Diagram, Diagram) {
    if left <= right { (left, right) } else { (right, left) }
}
