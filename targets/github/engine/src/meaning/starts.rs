//! The start of each job, from its `if`.
//!
//! For example, `if: ${{ needs.unit.result == 'success' && github.event_name == 'push' }}` has two parts, the first of
//! which names the job `unit`.

use crate::meaning::expression::{Evaluator, Scope};
use crate::read::expression::Expression;
use crate::read::workflow::Job;
use pipec_logic::Proposition;
use pipec_model::{Jobs, StartPart, World};
use pipec_runtime::names::OVERRIDE_GATE;

/// The parts of a job's start condition: the operands of its `&&`.
pub(crate) fn start<'r>(
    (place, job): (usize, &'r Job),
    before: &Jobs<'_>,
    stopped: &Proposition,
    world: &World,
) -> Vec<StartPart<'r>> {
    let Some(condition) = &job.condition else {
        let holds = world.free_at("the condition of a job holds", place);
        return vec![StartPart { holds, asks: Vec::new(), is_of_results: false }];
    };
    let scope = Scope::of_job(&job.id, &job.needs, before, stopped.clone());
    let evaluator = Evaluator { world, scope: &scope };
    let part = |part: &'r Expression| {
        let mut asks = Vec::new();
        add_jobs_asked(part, &mut asks);
        StartPart { holds: evaluator.holds(part), asks, is_of_results: is_of_results(part) }
    };
    let mut conjuncts = Vec::new();
    add_conjuncts(condition, &mut conjuncts);
    conjuncts.into_iter().map(part).collect()
}

/// Adds the parts that must all hold for an expression to hold.
fn add_conjuncts<'e>(expression: &'e Expression, all: &mut Vec<&'e Expression>) {
    match expression {
        Expression::And(parts) => parts.iter().for_each(|part| add_conjuncts(part, all)),
        Expression::Not(part) if let Expression::Not(part) = part.as_ref() => add_conjuncts(part, all),
        other => all.push(other),
    }
}

/// Adds the jobs whose results an expression names.
fn add_jobs_asked<'e>(expression: &'e Expression, jobs: &mut Vec<&'e str>) {
    if let Expression::Index(of, Some(index)) = expression
        && let (Expression::Context("needs"), Expression::Text(id)) = (of.as_ref(), index.as_ref())
    {
        jobs.push(id);
        return;
    }
    expression.parts().for_each(|part| add_jobs_asked(part, jobs));
}

/// Whether only the results of jobs decide an expression, and what a person asked to override.
///
/// `success()` is the results of all jobs before, and that the run was not cancelled before the job.
fn is_of_results(expression: &Expression) -> bool {
    match expression {
        Expression::And(parts) | Expression::Or(parts) => parts.iter().all(is_of_results),
        Expression::Not(part) => is_of_results(part),
        Expression::Compare(_, left, right) => {
            let is_result = |words: &[&str]| match words {
                ["needs", _, result] => result.eq_ignore_ascii_case("result"),
                ["inputs", input] => input.eq_ignore_ascii_case(OVERRIDE_GATE),
                _ => false,
            };
            matches!(right.as_ref(), Expression::Text(_))
                && left.words().is_some_and(|words| is_result(&words))
        }
        Expression::Call(name, arguments) => *name == "success" && arguments.is_empty(),
        _ => false,
    }
}
