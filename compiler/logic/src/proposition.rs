//! Propositions over named variables, decided by binary decision diagrams of bounded size.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use biodivine_lib_bdd::{
    Bdd, BddNode, BddPartialValuation, BddPointer, BddVariable, BddVariableSet, op_function,
};

use crate::TooLarge;

/// The library numbers variables with 16 bits and keeps the two greatest numbers; one more than that is a panic there.
const VARIABLES: usize = u16::MAX as usize - 2;

/// How much a set of propositions may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest size of one decision diagram, in nodes; one operation takes at most four times as many steps.
    pub nodes: usize,
    /// The greatest cost of all operations together, in steps (a step visits one pair of nodes).
    pub steps: usize,
}

impl Default for Limits {
    /// Limits that no pipeline of a person comes near, and that are reached within seconds.
    fn default() -> Limits {
        Limits { nodes: 50_000, steps: 10_000_000 }
    }
}

/// A variable of a set of propositions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(u16);

/// Collects the variables of a set of propositions, in the order in which diagrams will decide them.
#[derive(Clone, Debug, Default)]
pub struct PropositionsBuilder {
    names: Vec<String>,
}

impl PropositionsBuilder {
    /// Starts without variables.
    pub fn new() -> PropositionsBuilder {
        PropositionsBuilder::default()
    }

    /// Adds a variable; its name serves only to be shown, so need not be unique.
    pub fn variable(&mut self, name: impl Into<String>) -> VariableId {
        // A number past the greatest is given to nobody in the end: then `build` refuses the whole set.
        let id = VariableId(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
        self.names.push(name.into());
        id
    }

    /// Closes the set, unless there are more variables than 65 533.
    pub fn build(self, limits: Limits) -> Result<Propositions, TooLarge> {
        let count = u16::try_from(self.names.len()).ok().filter(|&count| usize::from(count) <= VARIABLES);
        let count = count.ok_or(TooLarge { limit: VARIABLES })?;
        Ok(Propositions {
            names: self.names.into(),
            diagrams: BddVariableSet::new_anonymous(count),
            limits,
            spent: Arc::new(AtomicUsize::new(0)),
        })
    }
}

/// A set of variables, and the operations on propositions over them.
///
/// Propositions of one set mean nothing to another. A clone shares the budget of steps.
#[derive(Clone, Debug)]
pub struct Propositions {
    names: Arc<[String]>,
    diagrams: BddVariableSet,
    limits: Limits,
    spent: Arc<AtomicUsize>,
}

/// A proposition, or the mark of one that was too large to compute.
///
/// All that is built from a proposition that is too large is too large as well, and every decision on it answers
/// [`TooLarge`]. Two propositions are equal if they say the same; one that is too large equals nothing, itself included.
#[derive(Clone, Debug)]
pub struct Proposition {
    diagram: Option<Bdd>,
}

impl Proposition {
    /// Whether the proposition was too large to compute.
    pub fn is_too_large(&self) -> bool {
        self.diagram.is_none()
    }
}

impl PartialEq for Proposition {
    fn eq(&self, other: &Proposition) -> bool {
        self.diagram.is_some() && self.diagram == other.diagram
    }
}

impl Propositions {
    /// A set with a variable for each name, under the default limits.
    pub fn new(names: &[String]) -> Result<Propositions, TooLarge> {
        PropositionsBuilder { names: names.to_vec() }.build(Limits::default())
    }

    /// The variables in the order of their names.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> + use<> {
        (0..self.diagrams.num_vars()).map(VariableId)
    }

    /// The name that the variable was given.
    pub fn name(&self, variable: VariableId) -> &str {
        self.names.get(usize::from(variable.0)).map(String::as_str).unwrap_or_default()
    }

    /// What always holds.
    pub fn truth(&self) -> Proposition {
        Proposition { diagram: Some(self.diagrams.mk_true()) }
    }

    /// What never holds.
    pub fn falsehood(&self) -> Proposition {
        Proposition { diagram: Some(self.diagrams.mk_false()) }
    }

    /// One of the two constants.
    pub fn constant(&self, value: bool) -> Proposition {
        if value { self.truth() } else { self.falsehood() }
    }

    /// That the variable is true.
    pub fn variable(&self, variable: VariableId) -> Proposition {
        Proposition { diagram: self.known(variable).map(|variable| self.diagrams.mk_var(variable)) }
    }

    /// The negation.
    pub fn not(&self, proposition: &Proposition) -> Proposition {
        Proposition { diagram: proposition.diagram.as_ref().map(Bdd::not) }
    }

    /// The conjunction of two propositions.
    pub fn and(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.combine(left, right, op_function::and)
    }

    /// The disjunction of two propositions.
    pub fn or(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.combine(left, right, op_function::or)
    }

    /// That the left holds and the right does not.
    pub fn and_not(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.combine(left, right, op_function::and_not)
    }

    /// That the right holds wherever the left does.
    pub fn implies(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.combine(left, right, op_function::imp)
    }

    /// That both hold or neither does.
    pub fn iff(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.combine(left, right, op_function::iff)
    }

    /// The conjunction of any number of propositions; of none, the truth.
    pub fn all<'a>(&self, propositions: impl IntoIterator<Item = &'a Proposition>) -> Proposition {
        self.balanced(propositions, op_function::and).unwrap_or_else(|| self.truth())
    }

    /// The disjunction of any number of propositions; of none, the falsehood.
    pub fn any<'a>(&self, propositions: impl IntoIterator<Item = &'a Proposition>) -> Proposition {
        self.balanced(propositions, op_function::or).unwrap_or_else(|| self.falsehood())
    }

    /// That some variable of these is true.
    pub fn any_of(&self, variables: &[VariableId]) -> Proposition {
        self.not(&self.none_of(variables))
    }

    /// That no variable of these is true.
    pub fn none_of(&self, variables: &[VariableId]) -> Proposition {
        let Some(variables) = self.set_of(variables) else { return Proposition { diagram: None } };
        let literals: Vec<(BddVariable, bool)> =
            variables.into_iter().map(|variable| (variable, false)).collect();
        let diagram = self.diagrams.mk_conjunctive_clause(&BddPartialValuation::from_values(&literals));
        Proposition { diagram: Some(diagram).filter(|diagram| diagram.size() <= self.limits.nodes) }
    }

    /// That one variable of these is true and the others are false; naming a variable twice says nothing more.
    pub fn exactly_one(&self, variables: &[VariableId]) -> Proposition {
        let Some(variables) = self.set_of(variables) else { return Proposition { diagram: None } };
        if variables.is_empty() {
            return self.falsehood();
        }
        if 2 * variables.len() + 1 > self.limits.nodes {
            return Proposition { diagram: None };
        }
        Proposition { diagram: Bdd::from_nodes(&exactly_one(self.diagrams.num_vars(), &variables)).ok() }
    }

    /// That at most one variable of these is true.
    pub fn at_most_one(&self, variables: &[VariableId]) -> Proposition {
        self.or(&self.none_of(variables), &self.exactly_one(variables))
    }

    /// Whether some valuation makes the proposition true.
    pub fn is_satisfiable(&self, proposition: &Proposition) -> Result<bool, TooLarge> {
        Ok(!self.diagram(proposition)?.is_false())
    }

    /// Whether every valuation makes the proposition true.
    pub fn is_always_true(&self, proposition: &Proposition) -> Result<bool, TooLarge> {
        Ok(self.diagram(proposition)?.is_true())
    }

    /// Whether every valuation that makes the left true makes the right true.
    pub fn implies_always(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        self.is_satisfiable(&self.and_not(left, right)).map(|counterexample| !counterexample)
    }

    /// Whether some valuation makes both true.
    pub fn is_compatible(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        self.is_satisfiable(&self.and(left, right))
    }

    /// Whether both are true under the same valuations.
    pub fn is_equivalent(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        self.is_always_true(&self.iff(left, right))
    }

    /// The variables on which the proposition depends.
    pub fn depends_on(&self, proposition: &Proposition) -> Result<BTreeSet<VariableId>, TooLarge> {
        let diagram = self.diagram(proposition)?;
        Ok(diagram.pointers().skip(2).map(|node| id(diagram.var_of(node))).collect())
    }

    /// A valuation that makes the proposition true with as few true variables as possible, if one does.
    pub fn model(&self, proposition: &Proposition) -> Result<Option<Model>, TooLarge> {
        self.cheapest_model(proposition, |_| 1)
    }

    /// A valuation that makes the proposition true where the costs of its true variables add up to the least, if one
    /// does; among those, one that has its later variables true rather than its earlier ones.
    pub fn cheapest_model(
        &self,
        proposition: &Proposition,
        cost: impl Fn(VariableId) -> u32,
    ) -> Result<Option<Model>, TooLarge> {
        let diagram = self.diagram(proposition)?;
        // The least cost from each node to the terminal 1, and whether its variable is true there. Children come
        // before their parents in a diagram, and a variable that a path skips is false.
        let mut best: Vec<Option<(u64, bool)>> = Vec::with_capacity(diagram.size());
        for node in diagram.pointers() {
            let least =
                |child: BddPointer| best.get(child.to_index()).copied().flatten().map(|(cost, _)| cost);
            let choice = if node.is_terminal() {
                node.is_one().then_some((0, false))
            } else {
                let price = u64::from(cost(id(diagram.var_of(node))));
                let low = least(diagram.low_link_of(node)).map(|cost| (cost, false));
                let high = least(diagram.high_link_of(node)).map(|cost| (cost + price, true));
                low.into_iter().chain(high).min()
            };
            best.push(choice);
        }
        let mut node = diagram.root_pointer();
        let mut values = vec![false; usize::from(self.diagrams.num_vars())];
        while !node.is_terminal() {
            let Some((_, chosen)) = best.get(node.to_index()).copied().flatten() else { return Ok(None) };
            if let Some(value) = values.get_mut(diagram.var_of(node).to_index()) {
                *value = chosen;
            }
            node = if chosen { diagram.high_link_of(node) } else { diagram.low_link_of(node) };
        }
        Ok(node.is_one().then_some(Model { values }))
    }

    /// Whether the proposition is true under a valuation.
    pub fn holds_in(&self, proposition: &Proposition, model: &Model) -> Result<bool, TooLarge> {
        let diagram = self.diagram(proposition)?;
        let mut node = diagram.root_pointer();
        while !node.is_terminal() {
            let value = model.is_true(id(diagram.var_of(node)));
            node = if value { diagram.high_link_of(node) } else { diagram.low_link_of(node) };
        }
        Ok(node.is_one())
    }

    fn too_large(&self) -> TooLarge {
        TooLarge { limit: self.limits.nodes }
    }

    /// The diagram, if there is one and it is not obviously of another set of variables.
    fn diagram<'a>(&self, proposition: &'a Proposition) -> Result<&'a Bdd, TooLarge> {
        let own = |diagram: &&Bdd| diagram.num_vars() == self.diagrams.num_vars();
        proposition.diagram.as_ref().filter(own).ok_or_else(|| self.too_large())
    }

    fn known(&self, variable: VariableId) -> Option<BddVariable> {
        (variable.0 < self.diagrams.num_vars()).then(|| BddVariable::from_index(usize::from(variable.0)))
    }

    fn set_of(&self, variables: &[VariableId]) -> Option<BTreeSet<BddVariable>> {
        variables.iter().map(|&variable| self.known(variable)).collect()
    }

    fn combine(&self, left: &Proposition, right: &Proposition, operation: Operation) -> Proposition {
        let (Ok(left), Ok(right)) = (self.diagram(left), self.diagram(right)) else {
            return Proposition { diagram: None };
        };
        Proposition { diagram: self.apply(left, right, operation) }
    }

    /// Applies an operation within the limits.
    ///
    /// The library limits the size of a result, not the way to it, which is as long as the product of both sizes even
    /// where the result is a constant. So unless the product is small, a dry run counts the steps first.
    fn apply(&self, left: &Bdd, right: &Bdd, operation: Operation) -> Option<Bdd> {
        let left_over = self.limits.steps.saturating_sub(self.spent.load(Ordering::Relaxed));
        let allowed = self.limits.nodes.saturating_mul(4).min(left_over);
        let most = left.size().saturating_mul(right.size());
        let steps = if most <= allowed.min(1 << 12) {
            Some(most)
        } else {
            Bdd::check_binary_op(allowed, left, right, operation).map(|(_, steps)| steps)
        };
        self.spent.fetch_add(steps.unwrap_or(allowed), Ordering::Relaxed);
        steps.and_then(|_| Bdd::binary_op_with_limit(self.limits.nodes, left, right, operation))
    }

    /// Combines neighbours, then the results, and so on, which keeps the intermediate diagrams small.
    fn balanced<'a>(
        &self,
        propositions: impl IntoIterator<Item = &'a Proposition>,
        operation: Operation,
    ) -> Option<Proposition> {
        let mut level: Vec<Proposition> = propositions.into_iter().cloned().collect();
        while level.len() > 1 {
            level = level
                .chunks(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(self.combine(left, right, operation)),
                    rest => rest.first().cloned(),
                })
                .collect();
        }
        level.pop()
    }
}

type Operation = fn(Option<bool>, Option<bool>) -> Option<bool>;

/// A valuation of all variables of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    values: Vec<bool>,
}

impl Model {
    /// Whether the variable is true.
    pub fn is_true(&self, variable: VariableId) -> bool {
        self.values.get(usize::from(variable.0)).copied().unwrap_or(false)
    }

    /// The variables that are true, in order.
    pub fn true_variables(&self) -> impl Iterator<Item = VariableId> {
        (0..).zip(&self.values).filter(|(_, value)| **value).map(|(number, _)| VariableId(number))
    }
}

fn id(variable: BddVariable) -> VariableId {
    VariableId(u16::try_from(variable.to_index()).unwrap_or(u16::MAX))
}

/// The diagram of "exactly one of these", which is linear where a combination of clauses would take quadratic time.
///
/// Equal propositions need equal lists of nodes, so these come in the library's order: children first, and of those
/// the high one. `none` is "none of the variables from here on", `one` is "exactly one of them".
fn exactly_one(count: u16, variables: &BTreeSet<BddVariable>) -> Vec<BddNode> {
    let mut nodes = vec![BddNode::mk_zero(count), BddNode::mk_one(count)];
    let mut none = vec![BddPointer::one()];
    for &variable in variables.iter().skip(1).rev() {
        let below = none.last().copied().unwrap_or(BddPointer::one());
        none.push(BddPointer::from_index(nodes.len()));
        nodes.push(BddNode::mk_node(variable, below, BddPointer::zero()));
    }
    let mut one = BddPointer::zero();
    for (&variable, none) in variables.iter().rev().zip(none) {
        let node = BddNode::mk_node(variable, one, none);
        one = BddPointer::from_index(nodes.len());
        nodes.push(node);
    }
    nodes
}
