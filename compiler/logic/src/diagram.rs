//! Reduced, ordered binary decision diagrams that share all their nodes: a diagram is built once, and what was conjoined
//! once is looked up.
//!
//! R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986; complemented edges after K. S. Brace,
//! R. L. Rudell and R. E. Bryant, "Efficient Implementation of a BDD Package", 1990.

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

    fn place(self) -> usize {
        (self.0 >> 1) as usize
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

/// What the pipeline of an ordinary file comes to.
const USUAL_NODES: usize = 400;

/// All diagrams of a set of propositions.
#[derive(Debug)]
pub(crate) struct Store {
    /// Children come before their parents; the first is the constant.
    nodes: Vec<Node>,
    places: FxHashMap<Node, u32>,
    conjunctions: FxHashMap<(Diagram, Diagram), Diagram>,
    limits: Limits,
    steps: usize,
    /// The nodes and steps at which the present operation has reached its limits.
    last_node: usize,
    last_step: usize,
    tasks: Vec<Task>,
    done: Vec<Diagram>,
}

/// What a conjunction has still to do; a stack of its own, since diagrams are as deep as there are variables.
#[derive(Clone, Copy, Debug)]
enum Task {
    Conjoin(Diagram, Diagram),
    /// Joins the last two results under a variable: the conjunction of this pair.
    Join(u32, (Diagram, Diagram)),
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Store {
        let constant = Node { variable: NO_VARIABLE, low: Diagram::TRUE, high: Diagram::TRUE };
        Store {
            nodes: vec![constant],
            places: FxHashMap::with_capacity_and_hasher(USUAL_NODES, FxBuildHasher),
            conjunctions: FxHashMap::with_capacity_and_hasher(USUAL_NODES, FxBuildHasher),
            limits,
            steps: 0,
            last_node: 0,
            last_step: 0,
            tasks: Vec::new(),
            done: Vec::new(),
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
        match self.nodes.get(diagram.place()) {
            Some(node) if node.variable == variable => {
                let negated = diagram.is_negation();
                (node.low.negated_if(negated), node.high.negated_if(negated))
            }
            _ => (diagram, diagram),
        }
    }

    /// Does something within the limits of one operation; what it added is gone if it comes to nothing.
    pub(crate) fn operation(&mut self, work: impl FnOnce(&mut Store) -> Option<Diagram>) -> Option<Diagram> {
        let known = self.nodes.len();
        self.last_node = known.saturating_add(self.limits.nodes);
        self.last_step =
            self.steps.saturating_add(self.limits.nodes.saturating_mul(4)).min(self.limits.steps);
        let result = work(self);
        if result.is_none() {
            let is_known = |diagram: Diagram| diagram.place() < known;
            self.nodes.truncate(known);
            self.places.retain(|_, place| (*place as usize) < known);
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
        if let Some(place) = self.places.get(&node) {
            return Some(Diagram(place << 1).negated_if(negated));
        }
        if self.nodes.len() >= self.last_node {
            return None;
        }
        let place = u32::try_from(self.nodes.len()).ok().filter(|place| place >> 31 == 0)?;
        self.nodes.push(node);
        self.places.insert(node, place);
        Some(Diagram(place << 1).negated_if(negated))
    }

    /// The conjunction; `None` past a limit.
    pub(crate) fn and(&mut self, left: Diagram, right: Diagram) -> Option<Diagram> {
        if let Some(known) = plainly(left, right) {
            return Some(known);
        }
        self.tasks.clear();
        self.done.clear();
        self.tasks.push(Task::Conjoin(left, right));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Conjoin(left, right) => self.conjoin(left, right)?,
                Task::Join(variable, pair) => {
                    let high = self.done.pop()?;
                    let low = self.done.pop()?;
                    let joined = self.decide(variable, low, high)?;
                    self.conjunctions.insert(pair, joined);
                    self.done.push(joined);
                }
            }
        }
        self.done.pop()
    }

    fn conjoin(&mut self, left: Diagram, right: Diagram) -> Option<()> {
        let pair = if left <= right { (left, right) } else { (right, left) };
        if let Some(known) = plainly(left, right).or_else(|| self.conjunctions.get(&pair).copied()) {
            self.done.push(known);
            return Some(());
        }
        if self.steps >= self.last_step {
            return None;
        }
        self.steps += 1;
        let variable = self.first(left).min(self.first(right));
        let (left_low, left_high) = self.halves(left, variable);
        let (right_low, right_high) = self.halves(right, variable);
        self.tasks.push(Task::Join(variable, pair));
        self.tasks.push(Task::Conjoin(left_high, right_high));
        self.tasks.push(Task::Conjoin(left_low, right_low));
        Some(())
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
        self.nodes.get(diagram.place()).map_or(NO_VARIABLE, |node| node.variable)
    }
}

/// A conjunction that needs no look into the diagrams.
fn plainly(left: Diagram, right: Diagram) -> Option<Diagram> {
    if left == Diagram::FALSE || right == Diagram::FALSE || left == right.not() {
        Some(Diagram::FALSE)
    } else if left == Diagram::TRUE || left == right {
        Some(right)
    } else if right == Diagram::TRUE {
        Some(left)
    } else {
        None
    }
}
