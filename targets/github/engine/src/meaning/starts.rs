//! When each job starts and how it ends, as propositions over the facts of the run and the outcomes of the jobs before.

use crate::meaning::expression::{Evaluator, Scope};
use crate::meaning::outcome::{JobState, Jobs, Output, Results};
use crate::meaning::overriding::sure_if_green;
use crate::meaning::plan;
use crate::meaning::source::Source;
use crate::meaning::world::World;
use crate::read::expression::Expression;
use crate::read::workflow::{Job, Workflow, expression};
use crate::read::yaml::Node as Yaml;
use pipec_ir::{Node, StageId};
use pipec_logic::Proposition;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// The states of all jobs; each job comes after those it needs.
pub(crate) fn follow<'w>(
    workflow: &'w Workflow,
    triggered: &Proposition,
    world: &World,
    source: &Source<'_>,
    results: Results,
) -> Jobs<'w> {
    let mut jobs = Jobs::with_capacity_and_hasher(workflow.jobs.len(), Default::default());
    for (place, job) in workflow.jobs.iter().enumerate() {
        let state = state((place, job), triggered, world, source, results, &jobs);
        jobs.insert(&job.id, state);
    }
    jobs
}

fn state<'w>(
    (place, job): (usize, &'w Job),
    triggered: &Proposition,
    world: &World,
    source: &Source<'_>,
    results: Results,
    before: &Jobs<'w>,
) -> JobState<'w> {
    let logic = world.logic();
    let green = results == Results::Green;
    let stopped =
        if green { logic.falsehood() } else { world.free_at("the run is cancelled before a job", place) };
    let scope = Scope::of_job(&job.id, &job.needs, before, stopped.clone());
    let evaluator = Evaluator { world, scope: &scope };
    let mut circumstances: Vec<Proposition> = Vec::new();
    let mut asked: BTreeMap<StageId, Vec<Proposition>> = BTreeMap::new();
    match &job.condition {
        Some(condition) => {
            for part in conjuncts(condition) {
                let holds = evaluator.holds(part);
                let mut stages: Vec<StageId> = Vec::new();
                if !green {
                    add_stages_asked(part, source, &mut stages);
                }
                for stage in &stages {
                    asked.entry(*stage).or_default().push(holds.clone());
                }
                if stages.is_empty() {
                    circumstances.push(holds);
                }
            }
        }
        None => circumstances.push(world.free_at("the condition of a job holds", place)),
    }
    let node = source.node_of(&job.id);
    let certain = green && !node.is_some_and(Node::is_advisory);
    let mut success = if certain { logic.truth() } else { world.free_at("a job succeeds", place) };
    if green && let Some(gate) = node {
        // A gate may fail in a run that overrides it, and the rest goes on.
        let red = logic.and(&world.overrides(&gate.name), &world.free_at("a job is overridden", place));
        success = logic.and_not(&success, &red);
    }
    let plan = plan::plan_step(job);
    if plan.is_some() {
        success = logic.and_not(&success, &world.manual_on_tag());
    }
    success = logic.and(&success, &sure_if_green(job, world, source));
    let outputs = job.node.get("outputs").map(Yaml::entries).unwrap_or_default();
    let facts = plan.map(|step| (step, plan::facts(step, world)));
    let fact_in = |value: &Yaml| -> Option<Proposition> {
        let (step, facts) = facts.as_ref()?;
        let value = expression(value)?;
        match value.words()?.as_slice() {
            ["steps", id, "outputs", fact] if step.id.as_deref() == Some(*id) => facts.get(*fact).cloned(),
            _ => None,
        }
    };
    let mut state = JobState {
        id: &job.id,
        place,
        results,
        stopped,
        triggered: triggered.clone(),
        circumstances: logic.all(&circumstances),
        asked,
        start: OnceCell::new(),
        success,
        outputs: outputs
            .iter()
            .map(|(name, value)| Output { name, fact: fact_in(value), words: RefCell::default() })
            .collect(),
        needs: &job.needs,
        unsuccessful: OnceCell::new(),
        all_before: OnceCell::new(),
        failed_before: OnceCell::new(),
    };
    if green {
        state.success = logic.and(state.start(world), &state.success);
    }
    state
}

/// What must hold for an expression to hold.
fn conjuncts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

/// Adds the stages of the nodes for whose results an expression asks by name.
fn add_stages_asked(expression: &Expression, source: &Source<'_>, stages: &mut Vec<StageId>) {
    if let Expression::Index(of, Some(index)) = expression
        && let (Expression::Context("needs"), Expression::Text(id)) = (of.as_ref(), index.as_ref())
    {
        let stage = source.node_of(id).map(|node| node.stage);
        stages.extend(stage.filter(|stage| !stages.contains(stage)));
        return;
    }
    expression.parts().for_each(|part| add_stages_asked(part, source, stages));
}
