//! The start of each job, from its `if`.
//!
//! For example, `if: ${{ needs.unit.result == 'success' && github.event_name == 'push' }}` has two parts, the first of
//! which names the job `unit`.

use crate::meaning::expression::{Evaluator, Scope};
use crate::read::expression::Expression;
use crate::read::workflow::Job;
use pipec_logic::Proposition;
use pipec_model::{Jobs, StartPart, World};

/// The parts of a job's start condition: the operands of its `&&`.
pub(crate) fn start<'r>(
    (place, job): (usize, &'r Job),
    before: &Jobs<'_>,
    stopped: &Proposition,
    world: &World,
) -> Vec<StartPart<'r>> {
    let Some(condition) = &job.condition else {
        let holds = world.free_at("the condition of a job holds", place);
        return vec![StartPart { holds, asks: Vec::new(), is_lasting: false }];
    };
    let scope = Scope::of_job(&job.id, &job.needs, before, stopped.clone());
    let evaluator = Evaluator { world, scope: &scope };
    let part = |part: &'r Expression| {
        let mut asks = Vec::new();
        add_jobs_asked(part, &mut asks);
        StartPart { holds: evaluator.holds(part), asks, is_lasting: is_lasting(part) }
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

/// Whether only the results and outputs of jobs decide an expression, and facts that all attempts of a run share.
///
/// `success()` is the results of all jobs before, and that the run was not cancelled before the job.
fn is_lasting(expression: &Expression) -> bool {
    if let Some(words) = expression.words() {
        return match words.as_slice() {
            ["needs", _, result] => result.eq_ignore_ascii_case("result"),
            ["needs", _, outputs, _] => outputs.eq_ignore_ascii_case("outputs"),
            ["inputs", _] => true,
            ["github", fact, ..] => LASTING.iter().any(|lasting| fact.eq_ignore_ascii_case(lasting)),
            _ => false,
        };
    }
    match expression {
        Expression::And(_) | Expression::Or(_) | Expression::Not(_) | Expression::Compare(..) => {
            expression.parts().all(is_lasting)
        }
        Expression::Call(name, arguments) if arguments.is_empty() => *name == "success",
        Expression::Call(name, arguments) => {
            ["startswith", "endswith", "contains"].contains(name) && arguments.iter().all(is_lasting)
        }
        Expression::Text(_) => true,
        _ => false,
    }
}

/// The facts in `github` that all attempts of a run share.
///
/// The source is GitHub's documentation of re-running: "the same `GITHUB_SHA` and `GITHUB_REF` of the original event".
const LASTING: [&str; 8] =
    ["event_name", "event", "ref", "ref_name", "ref_type", "head_ref", "base_ref", "repository"];
