//! Propositions over variables, decided by binary decision diagrams of bounded size.
//!
//! ```
//! use pipec_logic::{Limits, Propositions};
//!
//! let logic = Propositions::new(Limits::default());
//! let [push, main, changed] = [(); 3].map(|()| logic.variable(logic.new_variable()));
//! let deployed = logic.all([&push, &main, &changed]);
//! let tested = logic.and(&push, &main);
//! assert!(logic.implies_always(&deployed, &tested).unwrap());
//! let untested = logic.and_not(&push, &tested); // a push that is not of `main`
//! assert_eq!(logic.model(&untested).unwrap().unwrap().true_variables().count(), 1);
//! ```

use crate::TooLarge;
use crate::diagram::{Diagram, Limits, Store};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A variable of a set of propositions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(u32);

/// A set of variables, and the operations on propositions over them.
///
/// Diagrams decide the variables in the order of their addition. A proposition of another set is treated as too large. A
/// clone shares the variables and the limits with its original.
#[derive(Clone, Debug)]
pub struct Propositions {
    set: u32,
    store: Rc<RefCell<Store>>,
    variables: Rc<RefCell<u32>>,
}

/// A proposition, or a mark that it was too large to compute.
///
/// Whatever is built from a proposition that is too large is too large as well, and every decision on it answers
/// [`TooLarge`]. Equivalent propositions are equal. One that is too large equals nothing, not even itself.
#[derive(Clone, Debug)]
pub struct Proposition {
    set: u32,
    diagram: Option<Diagram>,
}

impl Proposition {
    /// Whether the proposition was too large to compute.
    pub fn is_too_large(&self) -> bool {
        self.diagram.is_none()
    }
}

impl PartialEq for Proposition {
    fn eq(&self, other: &Proposition) -> bool {
        self.diagram.is_some() && self.set == other.set && self.diagram == other.diagram
    }
}

impl Propositions {
    /// A set without variables.
    pub fn new(limits: Limits) -> Propositions {
        // The number only tells sets apart; no result depends on its value.
        static SETS: AtomicU32 = AtomicU32::new(0);
        Propositions {
            set: SETS.fetch_add(1, Ordering::Relaxed),
            store: Rc::new(RefCell::new(Store::new(limits))),
            variables: Rc::default(),
        }
    }

    /// Adds a variable after all others.
    pub fn new_variable(&self) -> VariableId {
        let mut count = self.variables.borrow_mut();
        let variable = VariableId(*count);
        *count = count.saturating_add(1);
        variable
    }

    /// The cost of all operations so far, in steps as in [`Limits::steps`].
    pub fn steps(&self) -> usize {
        self.store.borrow().steps()
    }

    /// All variables in the order of their addition.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> + use<> {
        (0..*self.variables.borrow()).map(VariableId)
    }

    /// The proposition that always holds.
    pub fn truth(&self) -> Proposition {
        self.proposition(Some(Diagram::TRUE))
    }

    /// The proposition that never holds.
    pub fn falsehood(&self) -> Proposition {
        self.proposition(Some(Diagram::FALSE))
    }

    /// One of the two constants.
    pub fn constant(&self, value: bool) -> Proposition {
        if value { self.truth() } else { self.falsehood() }
    }

    /// A proposition without an answer: every decision on it is [`TooLarge`].
    ///
    /// It means a question that these variables cannot express.
    pub fn undecidable(&self) -> Proposition {
        self.proposition(None)
    }

    /// That the variable is true.
    pub fn variable(&self, variable: VariableId) -> Proposition {
        let known = variable.0 < *self.variables.borrow();
        let holds = known.then(|| {
            self.store.borrow_mut().operation(|store| store.decide(variable.0, Diagram::FALSE, Diagram::TRUE))
        });
        self.proposition(holds.flatten())
    }

    /// The negation.
    pub fn not(&self, proposition: &Proposition) -> Proposition {
        self.proposition(self.diagram(proposition).ok().map(Diagram::not))
    }

    /// The conjunction of two propositions.
    pub fn and(&self, left: &Proposition, right: &Proposition) -> Proposition {
        let (Ok(left), Ok(right)) = (self.diagram(left), self.diagram(right)) else {
            return self.proposition(None);
        };
        self.proposition(self.store.borrow_mut().operation(|store| store.and(left, right)))
    }

    /// The disjunction of two propositions.
    pub fn or(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.not(&self.and(&self.not(left), &self.not(right)))
    }

    /// That the left holds, and the right does not hold.
    pub fn and_not(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.and(left, &self.not(right))
    }

    /// That the right holds if the left holds.
    pub fn implies(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.not(&self.and_not(left, right))
    }

    /// That both hold, or neither holds.
    pub fn iff(&self, left: &Proposition, right: &Proposition) -> Proposition {
        self.and(&self.implies(left, right), &self.implies(right, left))
    }

    /// The conjunction of any number of propositions; the truth if there are none.
    pub fn all<'a>(&self, propositions: impl IntoIterator<Item = &'a Proposition>) -> Proposition {
        self.all_of(propositions.into_iter().cloned())
    }

    /// The disjunction of any number of propositions; the falsehood if there are none.
    pub fn any<'a>(&self, propositions: impl IntoIterator<Item = &'a Proposition>) -> Proposition {
        self.not(&self.all_of(propositions.into_iter().map(|one| self.not(one))))
    }

    fn all_of(&self, mut propositions: impl Iterator<Item = Proposition>) -> Proposition {
        let Some(first) = propositions.next() else { return self.truth() };
        let Some(second) = propositions.next() else { return first };
        // A balanced tree keeps the intermediate diagrams small. Most calls have two propositions.
        let first = self.and(&first, &second);
        let Some(third) = propositions.next() else { return first };
        let mut level = vec![first];
        let mut odd = Some(third);
        while let Some(left) = odd.take().or_else(|| propositions.next()) {
            level.push(propositions.next().map_or_else(|| left.clone(), |right| self.and(&left, &right)));
        }
        while level.len() > 1 {
            level = level
                .chunks(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(self.and(left, right)),
                    rest => rest.first().cloned(),
                })
                .collect();
        }
        level.pop().unwrap_or_else(|| self.truth())
    }

    /// That at least one of these variables is true.
    pub fn any_of(&self, variables: &[VariableId]) -> Proposition {
        self.not(&self.none_of(variables))
    }

    /// That none of these variables is true.
    pub fn none_of(&self, variables: &[VariableId]) -> Proposition {
        let Some(variables) = self.set_of(variables) else { return self.proposition(None) };
        let none = self.store.borrow_mut().operation(|store| {
            let mut variables = variables.into_iter().rev();
            variables.try_fold(Diagram::TRUE, |rest, variable| store.decide(variable, rest, Diagram::FALSE))
        });
        self.proposition(none)
    }

    /// That exactly one of these variables is true; duplicates count once.
    pub fn exactly_one(&self, variables: &[VariableId]) -> Proposition {
        let Some(variables) = self.set_of(variables) else { return self.proposition(None) };
        let one = self.store.borrow_mut().operation(|store| {
            // Over the variables from here on: that none is true, and that exactly one is true.
            let (mut none, mut one) = (Diagram::TRUE, Diagram::FALSE);
            for variable in variables.into_iter().rev() {
                one = store.decide(variable, one, none)?;
                none = store.decide(variable, none, Diagram::FALSE)?;
            }
            Some(one)
        });
        self.proposition(one)
    }

    /// That at most one of these variables is true.
    pub fn at_most_one(&self, variables: &[VariableId]) -> Proposition {
        self.or(&self.none_of(variables), &self.exactly_one(variables))
    }

    /// Whether some valuation makes the proposition true.
    pub fn is_satisfiable(&self, proposition: &Proposition) -> Result<bool, TooLarge> {
        Ok(self.diagram(proposition)? != Diagram::FALSE)
    }

    /// Whether every valuation makes the proposition true.
    pub fn is_always_true(&self, proposition: &Proposition) -> Result<bool, TooLarge> {
        Ok(self.diagram(proposition)? == Diagram::TRUE)
    }

    /// Whether every valuation that makes the left true also makes the right true.
    pub fn implies_always(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        self.is_compatible(left, &self.not(right)).map(|counterexample| !counterexample)
    }

    /// Whether some valuation makes both true.
    pub fn is_compatible(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        let (left, right) = (self.diagram(left)?, self.diagram(right)?);
        let mut store = self.store.borrow_mut();
        let compatible = store.operation(|store| store.is_compatible(left, right));
        compatible.ok_or_else(|| TooLarge { limit: store.limits().nodes })
    }

    /// Whether both are true under exactly the same valuations.
    pub fn is_equivalent(&self, left: &Proposition, right: &Proposition) -> Result<bool, TooLarge> {
        Ok(self.diagram(left)? == self.diagram(right)?)
    }

    /// The variables on which the proposition depends.
    pub fn depends_on(&self, proposition: &Proposition) -> Result<BTreeSet<VariableId>, TooLarge> {
        let diagram = self.diagram(proposition)?;
        let store = self.store.borrow();
        Ok(store.below(diagram).into_iter().filter_map(|part| store.variable(part)).map(VariableId).collect())
    }

    /// A valuation that makes the proposition true, with as few true variables as possible. `None` if there is none.
    pub fn model(&self, proposition: &Proposition) -> Result<Option<Model>, TooLarge> {
        self.cheapest_model(proposition, |_| 1)
    }

    /// A valuation of least cost that makes the proposition true. The cost is that of its true variables. `None` if
    /// there is none.
    ///
    /// Among valuations of the same cost, it prefers later variables to earlier ones.
    pub fn cheapest_model(
        &self,
        proposition: &Proposition,
        cost: impl Fn(VariableId) -> u32,
    ) -> Result<Option<Model>, TooLarge> {
        let root = self.diagram(proposition)?;
        let store = self.store.borrow();
        // For each diagram except the falsehood, the least cost on a path to the truth, and the value of its first variable
        // on that path. A variable that a path skips is false.
        let mut best: BTreeMap<Diagram, (u64, bool)> = BTreeMap::from([(Diagram::TRUE, (0, false))]);
        for part in store.below(root) {
            let Some(variable) = store.variable(part) else { continue };
            let (low, high) = store.halves(part, variable);
            let least = |half: &Diagram| best.get(half).map(|(cost, _)| *cost);
            let price = u64::from(cost(VariableId(variable)));
            let low = least(&low).map(|cost| (cost, false));
            let high = least(&high).map(|cost| (cost + price, true));
            if let Some(choice) = low.into_iter().chain(high).min() {
                best.insert(part, choice);
            }
        }
        let mut part = root;
        let mut values = vec![false; *self.variables.borrow() as usize];
        while let Some(variable) = store.variable(part) {
            let Some((_, chosen)) = best.get(&part).copied() else { return Ok(None) };
            if let Some(value) = values.get_mut(variable as usize) {
                *value = chosen;
            }
            let (low, high) = store.halves(part, variable);
            part = if chosen { high } else { low };
        }
        Ok((part == Diagram::TRUE).then_some(Model { values }))
    }

    /// Whether the proposition is true under a valuation.
    pub fn holds_in(&self, proposition: &Proposition, model: &Model) -> Result<bool, TooLarge> {
        let mut part = self.diagram(proposition)?;
        let store = self.store.borrow();
        while let Some(variable) = store.variable(part) {
            let (low, high) = store.halves(part, variable);
            part = if model.is_true(VariableId(variable)) { high } else { low };
        }
        Ok(part == Diagram::TRUE)
    }

    fn proposition(&self, diagram: Option<Diagram>) -> Proposition {
        Proposition { set: self.set, diagram }
    }

    /// The diagram of a proposition of this set. An error if it is of another set, or was too large.
    fn diagram(&self, proposition: &Proposition) -> Result<Diagram, TooLarge> {
        proposition
            .diagram
            .filter(|_| proposition.set == self.set)
            .ok_or_else(|| TooLarge { limit: self.store.borrow().limits().nodes })
    }

    /// The numbers of the variables, sorted and without duplicates. `None` if one is not of this set.
    fn set_of(&self, variables: &[VariableId]) -> Option<Vec<u32>> {
        let count = *self.variables.borrow();
        let mut numbers: Vec<u32> = variables.iter().map(|variable| variable.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().all(|number| *number < count).then_some(numbers)
    }
}

/// A value for each variable of a set; at first, each is false.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    values: Vec<bool>,
}

impl Model {
    /// Gives a variable a value.
    pub fn set(&mut self, variable: VariableId, value: bool) {
        let place = variable.0 as usize;
        if self.values.len() <= place {
            self.values.resize(place.saturating_add(1), false);
        }
        if let Some(known) = self.values.get_mut(place) {
            *known = value;
        }
    }

    /// Whether the variable is true.
    pub fn is_true(&self, variable: VariableId) -> bool {
        self.values.get(variable.0 as usize).copied().unwrap_or(false)
    }

    /// The variables that are true, in order.
    pub fn true_variables(&self) -> impl Iterator<Item = VariableId> {
        (0..).zip(&self.values).filter(|(_, value)| **value).map(|(number, _)| VariableId(number))
    }
}
