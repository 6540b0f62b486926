//! When each job starts, by its `if`.

use crate::meaning::expression::{Evaluator, Scope};
use crate::read::expression::Expression;
use crate::read::workflow::Job;
use pipec_logic::Proposition;
use pipec_model::{Jobs, StartPart, World};

/// The parts of what must hold for a job to start: those of its condition that `&&` joins.
pub(crate) fn start(
    (place, job): (usize, &Job),
    before: &Jobs<'_>,
    stopped: &Proposition,
    world: &World,
) -> Vec<StartPart> {
    let Some(condition) = &job.condition else {
        let holds = world.free_at("the condition of a job holds", place);
        return vec![StartPart { holds, asks: Vec::new() }];
    };
    let scope = Scope::of_job(&job.id, &job.needs, before, stopped.clone());
    let evaluator = Evaluator { world, scope: &scope };
    let part = |part: &Expression| {
        let mut asks = Vec::new();
        add_jobs_asked(part, &mut asks);
        StartPart { holds: evaluator.holds(part), asks }
    };
    conjuncts(condition).into_iter().map(part).collect()
}

/// What must hold for an expression to hold.
fn conjuncts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

/// Adds the jobs for whose results an expression asks by name.
fn add_jobs_asked(expression: &Expression, jobs: &mut Vec<String>) {
    if let Expression::Index(of, Some(index)) = expression
        && let (Expression::Context("needs"), Expression::Text(id)) = (of.as_ref(), index.as_ref())
    {
        jobs.push(id.clone());
        return;
    }
    expression.parts().for_each(|part| add_jobs_asked(part, jobs));
}
