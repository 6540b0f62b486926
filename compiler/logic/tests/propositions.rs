//! Propositions: they agree with truth tables, and report when they grow too large.

use pipec_logic::{Limits, Proposition, Propositions, VariableId};
use proptest::prelude::*;

const VARIABLES: usize = 5;

#[derive(Clone, Debug)]
enum Formula {
    Constant(bool),
    Variable(usize),
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
    AndNot(Box<Formula>, Box<Formula>),
    Implies(Box<Formula>, Box<Formula>),
    Iff(Box<Formula>, Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    ExactlyOne(Vec<usize>),
    AtMostOne(Vec<usize>),
    NoneOf(Vec<usize>),
    AnyOf(Vec<usize>),
}

impl Formula {
    fn value(&self, row: &[bool]) -> bool {
        let value = |variable: &usize| row.get(*variable).copied().unwrap_or(false);
        let count = |variables: &[usize]| {
            let mut distinct = variables.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            distinct.iter().filter(|variable| value(variable)).count()
        };
        match self {
            Formula::Constant(value) => *value,
            Formula::Variable(variable) => value(variable),
            Formula::Not(inner) => !inner.value(row),
            Formula::And(left, right) => left.value(row) && right.value(row),
            Formula::Or(left, right) => left.value(row) || right.value(row),
            Formula::AndNot(left, right) => left.value(row) && !right.value(row),
            Formula::Implies(left, right) => !left.value(row) || right.value(row),
            Formula::Iff(left, right) => left.value(row) == right.value(row),
            Formula::All(inner) => inner.iter().all(|formula| formula.value(row)),
            Formula::Any(inner) => inner.iter().any(|formula| formula.value(row)),
            Formula::ExactlyOne(variables) => count(variables) == 1,
            Formula::AtMostOne(variables) => count(variables) <= 1,
            Formula::NoneOf(variables) => count(variables) == 0,
            Formula::AnyOf(variables) => count(variables) > 0,
        }
    }

    fn proposition(&self, set: &Propositions) -> Proposition {
        let variables: Vec<VariableId> = set.variables().collect();
        let some = |numbers: &[usize]| -> Vec<VariableId> {
            numbers.iter().filter_map(|&number| variables.get(number).copied()).collect()
        };
        let every = |inner: &[Formula]| -> Vec<Proposition> {
            inner.iter().map(|formula| formula.proposition(set)).collect()
        };
        match self {
            Formula::Constant(value) => set.constant(*value),
            Formula::Variable(variable) => set.any_of(&some(&[*variable])),
            Formula::Not(inner) => set.not(&inner.proposition(set)),
            Formula::And(left, right) => set.and(&left.proposition(set), &right.proposition(set)),
            Formula::Or(left, right) => set.or(&left.proposition(set), &right.proposition(set)),
            Formula::AndNot(left, right) => set.and_not(&left.proposition(set), &right.proposition(set)),
            Formula::Implies(left, right) => set.implies(&left.proposition(set), &right.proposition(set)),
            Formula::Iff(left, right) => set.iff(&left.proposition(set), &right.proposition(set)),
            Formula::All(inner) => set.all(&every(inner)),
            Formula::Any(inner) => set.any(&every(inner)),
            Formula::ExactlyOne(numbers) => set.exactly_one(&some(numbers)),
            Formula::AtMostOne(numbers) => set.at_most_one(&some(numbers)),
            Formula::NoneOf(numbers) => set.none_of(&some(numbers)),
            Formula::AnyOf(numbers) => set.any_of(&some(numbers)),
        }
    }
}

fn any_formula() -> impl Strategy<Value = Formula> {
    let numbers = || prop::collection::vec(0..VARIABLES, 0..6);
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Formula::Constant),
        8 => (0..VARIABLES).prop_map(Formula::Variable),
        1 => numbers().prop_map(Formula::ExactlyOne),
        1 => numbers().prop_map(Formula::AtMostOne),
        1 => numbers().prop_map(Formula::NoneOf),
        1 => numbers().prop_map(Formula::AnyOf),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let one = inner.clone().prop_map(Box::new);
        let two = (one.clone(), one.clone());
        let many = prop::collection::vec(inner, 0..4);
        prop_oneof![
            one.prop_map(Formula::Not),
            two.clone().prop_map(|(left, right)| Formula::And(left, right)),
            two.clone().prop_map(|(left, right)| Formula::Or(left, right)),
            two.clone().prop_map(|(left, right)| Formula::AndNot(left, right)),
            two.clone().prop_map(|(left, right)| Formula::Implies(left, right)),
            two.prop_map(|(left, right)| Formula::Iff(left, right)),
            many.clone().prop_map(Formula::All),
            many.prop_map(Formula::Any),
        ]
    })
}

fn rows() -> impl Iterator<Item = Vec<bool>> {
    (0..1 << VARIABLES).map(|row| (0..VARIABLES).map(|bit| row >> bit & 1 == 1).collect())
}

fn set_of(count: usize, limits: Limits) -> (Propositions, Vec<VariableId>) {
    let set = Propositions::new(limits);
    let variables = (0..count).map(|_| set.new_variable()).collect();
    (set, variables)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decisions_agree_with_the_truth_table(one in any_formula(), two in any_formula()) {
        let (set, _) = set_of(VARIABLES, Limits::default());
        let (left, right) = (one.proposition(&set), two.proposition(&set));
        let table: Vec<(bool, bool)> = rows().map(|row| (one.value(&row), two.value(&row))).collect();
        prop_assert_eq!(set.is_satisfiable(&left), Ok(table.iter().any(|row| row.0)));
        prop_assert_eq!(set.is_always_true(&left), Ok(table.iter().all(|row| row.0)));
        prop_assert_eq!(set.implies_always(&left, &right), Ok(table.iter().all(|row| !row.0 || row.1)));
        prop_assert_eq!(set.is_compatible(&left, &right), Ok(table.iter().any(|row| row.0 && row.1)));
        let same = table.iter().all(|row| row.0 == row.1);
        prop_assert_eq!(set.is_equivalent(&left, &right), Ok(same));
        prop_assert_eq!(left == right, same);
    }

    #[test]
    fn a_compatibility_check_takes_no_more_steps_than_the_conjunction(one in any_formula(), two in any_formula()) {
        let steps = |ask: &dyn Fn(&Propositions, &Proposition, &Proposition)| {
            let (set, _) = set_of(VARIABLES, Limits::default());
            let (left, right) = (one.proposition(&set), two.proposition(&set));
            let before = set.steps();
            ask(&set, &left, &right);
            set.steps() - before
        };
        let asked = steps(&|set, left, right| assert!(set.is_compatible(left, right).is_ok()));
        let built = steps(&|set, left, right| assert!(!set.and(left, right).is_too_large()));
        prop_assert!(asked <= built, "{} steps, and {}", asked, built);
    }

    #[test]
    fn a_model_is_a_row_of_the_table_with_the_least_cost(
        formula in any_formula(),
        costs in prop::collection::vec(0_u32..4, VARIABLES),
    ) {
        let (set, variables) = set_of(VARIABLES, Limits::default());
        let proposition = formula.proposition(&set);
        let cost_of = |row: &[bool]| -> u32 {
            row.iter().zip(&costs).filter(|(value, _)| **value).map(|(_, cost)| cost).sum()
        };
        let least = rows().filter(|row| formula.value(row)).map(|row| cost_of(&row)).min();
        let cost = |variable: VariableId| {
            let position = variables.iter().position(|&other| other == variable);
            position.and_then(|position| costs.get(position)).copied().unwrap_or_default()
        };
        let model = set.cheapest_model(&proposition, cost).expect("small");
        let row = model.map(|model| {
            assert_eq!(set.holds_in(&proposition, &model), Ok(true));
            variables.iter().map(|&variable| model.is_true(variable)).collect::<Vec<bool>>()
        });
        prop_assert_eq!(row.as_deref().map(|row| formula.value(row)), least.map(|_| true));
        prop_assert_eq!(row.as_deref().map(cost_of), least);

        let fewest = rows().filter(|row| formula.value(row)).map(|row| row.iter().filter(|v| **v).count()).min();
        let model = set.model(&proposition).expect("small");
        prop_assert_eq!(model.map(|model| model.true_variables().count()), fewest);
    }

    #[test]
    fn a_proposition_depends_on_the_variables_that_change_its_value(formula in any_formula()) {
        let (set, variables) = set_of(VARIABLES, Limits::default());
        let found = set.depends_on(&formula.proposition(&set)).expect("small");
        for (number, variable) in variables.iter().enumerate() {
            let matters = rows().any(|row| {
                let mut flipped = row.clone();
                flipped[number] = !flipped[number];
                formula.value(&row) != formula.value(&flipped)
            });
            prop_assert_eq!(found.contains(variable), matters);
        }
    }

    #[test]
    fn a_small_limit_never_changes_an_answer(one in any_formula(), two in any_formula(), nodes in 0_usize..12) {
        let (exact, _) = set_of(VARIABLES, Limits::default());
        let (limited, _) = set_of(VARIABLES, Limits { nodes, steps: nodes * 20 });
        let implied = |set: &Propositions| set.implies_always(&one.proposition(set), &two.proposition(set));
        let possible = |set: &Propositions| set.is_satisfiable(&one.proposition(set));
        if let Ok(answer) = implied(&limited) {
            prop_assert_eq!(Ok(answer), implied(&exact));
        }
        if let Ok(answer) = possible(&limited) {
            prop_assert_eq!(Ok(answer), possible(&exact));
        }
    }
}

/// x0 ↔ y0 ∧ x1 ↔ y1 ∧ …, with all x before all y. This is the textbook example of an order with an exponential
/// diagram.
fn pairs(set: &Propositions, variables: &[VariableId]) -> Proposition {
    let (xs, ys) = variables.split_at(variables.len() / 2);
    let pairs: Vec<Proposition> =
        xs.iter().zip(ys).map(|(&x, &y)| set.iff(&set.variable(x), &set.variable(y))).collect();
    set.all(&pairs)
}

#[test]
fn every_decision_on_a_proposition_that_is_too_large_fails() {
    let (set, variables) = set_of(80, Limits { nodes: 5_000, steps: 1_000_000 });
    let large = pairs(&set, &variables);
    assert!(large.is_too_large());
    let error = set.is_satisfiable(&large).expect_err("undecided");
    assert_eq!(error.to_string(), "too large to decide (the limit is 5000)");
    assert!(set.is_always_true(&large).is_err());
    assert!(set.model(&large).is_err());
    assert!(set.depends_on(&large).is_err());
    assert!(set.implies_always(&set.falsehood(), &large).is_err());
    assert!(set.implies_always(&large, &set.truth()).is_err());
    assert!(set.is_satisfiable(&set.not(&large)).is_err());
    assert!(set.is_satisfiable(&set.any([&set.truth(), &large])).is_err());
    assert!(large != large.clone());
    assert_eq!(set.is_satisfiable(&pairs(&set, &variables[..8])), Ok(true));
}

#[test]
fn the_steps_of_all_operations_together_are_limited() {
    let (set, variables) = set_of(40, Limits { nodes: 100_000, steps: 2_000 });
    let clone = set.clone();
    let mut rounds = 0;
    while !pairs(&clone, &variables[rounds..rounds + 12]).is_too_large() {
        rounds += 1;
        assert!(rounds < 28, "the budget never ends");
    }
    assert!(rounds > 0);
    assert!(set.is_satisfiable(&set.and(&set.variable(variables[0]), &set.variable(variables[1]))).is_err());
}

/// That the weights of the true variables add up to a multiple of `modulus`.
fn divisible(
    set: &Propositions,
    variables: &[VariableId],
    modulus: usize,
    weight: impl Fn(usize) -> usize,
) -> Proposition {
    let mut by_remainder: Vec<Proposition> =
        (0..modulus).map(|remainder| set.constant(remainder == 0)).collect();
    for (position, &variable) in variables.iter().enumerate().rev() {
        let is_true = set.variable(variable);
        let shifted = by_remainder.iter().cycle().skip(weight(position) % modulus);
        by_remainder = by_remainder
            .iter()
            .zip(shifted)
            .map(|(without, with)| set.or(&set.and_not(without, &is_true), &set.and(with, &is_true)))
            .collect();
    }
    by_remainder.swap_remove(0)
}

#[test]
fn a_small_result_of_a_costly_computation_is_limited_too() {
    // Both diagrams are small and contradict each other in the last variable. The result is the falsehood, but the
    // computation visits about the product of both.
    let contradiction = |nodes: usize| {
        let (set, variables) = set_of(25, Limits { nodes, steps: 100_000_000 });
        let last = set.variable(variables[24]);
        let left = set.and(&divisible(&set, &variables[..24], 16, |_| 1), &last);
        let right =
            set.and_not(&divisible(&set, &variables[..24], 31, |position| position * position + 1), &last);
        assert!(!left.is_too_large() && !right.is_too_large());
        set.is_compatible(&left, &right)
    };
    assert_eq!(contradiction(100_000), Ok(false));
    assert!(contradiction(600).is_err());
}

#[test]
fn a_variable_can_be_added_after_propositions() {
    let (set, variables) = set_of(3, Limits::default());
    let all = set.all(&variables.iter().map(|variable| set.variable(*variable)).collect::<Vec<_>>());
    let later = set.clone().new_variable();
    let both = set.and(&all, &set.variable(later));
    let model = set.model(&both).expect("small").expect("satisfiable");
    assert_eq!(model.true_variables().count(), 4);
    assert_eq!(set.implies_always(&both, &all), Ok(true));
    assert_eq!(set.implies_always(&all, &both), Ok(false));
}

#[test]
fn a_diagram_of_many_variables_needs_no_deep_stack() {
    let (set, variables) = set_of(100_000, Limits { nodes: 1_000_000, steps: 10_000_000 });
    let some = |parity: usize| -> Vec<VariableId> {
        variables.iter().copied().enumerate().filter(|(at, _)| at % 2 == parity).map(|(_, id)| id).collect()
    };
    let both = set.and(&set.none_of(&some(0)), &set.none_of(&some(1)));
    assert!(both == set.none_of(&variables));
}

#[test]
fn without_variables_there_are_the_constants() {
    let set = Propositions::new(Limits::default());
    assert_eq!(set.is_satisfiable(&set.exactly_one(&[])), Ok(false));
    assert_eq!(set.is_always_true(&set.none_of(&[])), Ok(true));
    assert_eq!(set.model(&set.truth()).map(|model| model.is_some()), Ok(true));
    assert_eq!(set.model(&set.falsehood()), Ok(None));
}

#[test]
fn propositions_of_another_set_are_undecided() {
    let (small, _) = set_of(2, Limits::default());
    let (large, variables) = set_of(5, Limits::default());
    assert!(small.variable(variables[4]).is_too_large());
    assert!(small.exactly_one(&variables).is_too_large());
    assert!(small.is_satisfiable(&large.truth()).is_err());
    assert!(small.and(&small.truth(), &large.truth()).is_too_large());
}

#[test]
fn one_of_a_thousand_is_cheap() {
    let (set, variables) = set_of(1000, Limits { nodes: 2_000, steps: 100_000 });
    let one = set.exactly_one(&variables);
    let model = set.model(&one).expect("small").expect("one of them is true");
    assert_eq!(model.true_variables().collect::<Vec<_>>(), [variables[999]]);
    let two = set.and(&set.variable(variables[3]), &set.variable(variables[700]));
    assert_eq!(set.is_compatible(&one, &two), Ok(false));
    assert_eq!(set.implies_always(&one, &set.any_of(&variables)), Ok(true));
    assert!(set_of(1000, Limits { nodes: 1_998, steps: 100_000 }).0.exactly_one(&variables).is_too_large());
}

#[test]
fn a_costly_variable_is_true_only_if_necessary() {
    let (set, variables) = set_of(3, Limits::default());
    let either = set.any_of(&variables);
    let model = set.cheapest_model(&either, |variable| if variable == variables[2] { 9 } else { 1 });
    let chosen = model.expect("small").map(|model| model.true_variables().collect::<Vec<_>>());
    assert_eq!(chosen, Some(vec![variables[1]]));
}
