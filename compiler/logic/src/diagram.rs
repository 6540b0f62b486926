//! Reduced, ordered binary decision diagrams that share all their nodes: a diagram is built once, and what was conjoined
//! once is looked up.
//!
//! R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986; complemented edges after K. S. Brace,
//! R. L. Rudell and R. E. Bryant, "Efficient Implementation of a BDD Package", 1990.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// How much a set of propositions may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most nodes that one operation may add; it takes at most four times as many steps.
    pub nodes: usize,
    /// The greatest cost of all operations together, in steps (a step visits one pair of nodes for the first time).
    pub steps: usize,
}

impl Default for Limits {
    /// Limits that no pipeline of a person comes near, and that are reached within seconds.
    fn default() -> Limits {
        Limits { nodes: 50_000, steps: 5_000_000 }
    }
}

/// A diagram of a store: the place of its root, and in the lowest bit whether it is that root's negation. Equal diagrams
/// say the same.
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

/// A decision: which diagram holds where the variable is false and where it is true. The latter is never a negation, so
/// that each diagram has one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    variable: u32,
    low: Diagram,
    high: Diagram,
}

/// Behind every variable; what the constants decide.
const NO_VARIABLE: u32 = u32::MAX;

/// As many as a diagram can name the places of.
const MOST_NODES: usize = 1 << 31;

/// What the pipeline of an ordinary file comes to.
const USUAL_NODES: usize = 400;

/// All diagrams of a set of propositions.
#[derive(Debug)]
pub(crate) struct Store {
    /// By their places; children come before their parents, the first is the constant.
    nodes: IndexSet<Node, FxBuildHasher>,
    /// What came of the pairs that were conjoined, the lesser diagram first.
    conjunctions: FxHashMap<(Diagram, Diagram), Diagram>,
    limits: Limits,
    steps: usize,
    /// The nodes and steps at which the present operation has reached its limits.
    last_node: usize,
    last_step: usize,
    /// The conjunctions under way, each within the one before it: a stack of its own, since diagrams are as deep as there
    /// are variables.
    open: Vec<Open>,
}

/// A conjunction whose halves are not both known yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    pair: (Diagram, Diagram),
    variable: u32,
    /// What holds where the variable is false, once that is known.
    low: Option<Diagram>,
    /// What is to be conjoined where it is true.
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

    /// What all operations have cost so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// The variable that a diagram decides first; `None` of a constant.
    pub(crate) fn variable(&self, diagram: Diagram) -> Option<u32> {
        Some(self.first(diagram)).filter(|variable| *variable != NO_VARIABLE)
    }

    /// What remains of a diagram where a variable that stands no later than its first is false, and where it is true.
    pub(crate) fn halves(&self, diagram: Diagram, variable: u32) -> (Diagram, Diagram) {
        match self.node(diagram) {
            Some(node) if node.variable == variable => {
                let negated = diagram.is_negation();
                (node.low.negated_if(negated), node.high.negated_if(negated))
            }
            _ => (diagram, diagram),
        }
    }

    /// Does something within the limits of one operation; what it added is gone if it comes to nothing.
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

    /// The decision of a variable that stands before all of both diagrams; `None` past the limit.
    pub(crate) fn decide(&mut self, variable: u32, low: Diagram, high: Diagram) -> Option<Diagram> {
        if low == high {
            return Some(low);
        }
        let negated = high.is_negation();
        let node = Node { variable, low: low.negated_if(negated), high: high.negated_if(negated) };
        let place = match self.nodes.get_index_of(&node) {
            Some(place) => place,
            None if self.nodes.len() < self.last_node.min(MOST_NODES) => self.nodes.insert_full(node).0,
            None => return None,
        };
        Some(Diagram(u32::try_from(place).ok()? << 1).negated_if(negated))
    }

    /// The conjunction; `None` past a limit.
    pub(crate) fn and(&mut self, left: Diagram, right: Diagram) -> Option<Diagram> {
        self.conjoin(left, right, |_| false)
    }

    /// Whether some valuation satisfies both; `None` past a limit. It takes no more steps than the conjunction, and adds no
    /// node.
    pub(crate) fn meet(&mut self, left: Diagram, right: Diagram) -> Option<bool> {
        let met = |part| part != Diagram::FALSE;
        self.conjoin(left, right, met).map(met)
    }

    /// The conjunction, or what it comes to under the first valuation of some variables for which that is enough.
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
            // Where this was the second half of a conjunction, that is known as well.
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

    /// What a pair comes to, if that was worked out before or needs no look into the diagrams.
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

    /// Begins with a conjunction; the pair where its first variable is false, which comes first.
    fn open(&mut self, pair: (Diagram, Diagram)) -> Option<(Diagram, Diagram)> {
        if self.steps >= self.last_step {
            return None;
        }
        self.steps += 1;
        let (left, right) = pair;
        let variable = self.first(left).min(self.first(right));
        let (left_low, left_high) = self.halves(left, variable);
        let (right_low, right_high) = self.halves(right, variable);
        let high = (left_high, right_high);
        self.open.push(Open { pair: ordered(left, right), variable, low: None, high });
        Some((left_low, right_low))
    }

    /// The diagram and all below it, each behind what it decides between.
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
