//! The start and the end of each job, as propositions.
//!
//! The propositions are over the facts of the run and the outcomes of the jobs before.
//!
//! ```text
//! jobs:
//!   unit: {}                                   start(unit)   = the run is triggered
//!   deploy:                                    start(deploy) = the run is triggered ∧ success(unit)
//!     needs: unit                                              ∧ not stopped
//! ```
//!
//! A job succeeds only if it has started. So its success implies what its condition demands of other results, and a job
//! need not ask again for what a job before it has demanded:
//!
//! ```text
//! result(x) = success  ⇒  result(y) = success     for every y whose success the condition of x demands
//! result(x) = success  ⇒  the run is a push        if the condition of x demands that
//! ```
//!
//! That holds over all attempts of a run: who runs `y` again also runs every job after it again. (GitHub's documentation:
//! "Re-running a specific job in a workflow": the job and any dependent jobs.)

use crate::outcome::free_variables;
use crate::overriding::sure_if_green;
use crate::{Job, JobState, Jobs, Output, Part, Results, Source, Value, World, plan};
use pipec_ir::{Node, StageId};
use pipec_logic::Proposition;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// A part of the start condition of a job, in triggered runs.
#[derive(Clone, Debug)]
pub struct StartPart<'r> {
    /// The runs in which the part holds.
    pub holds: Proposition,
    /// The ids of the jobs whose results it names.
    pub asks: Vec<&'r str>,
    /// Whether only the results and outputs of jobs decide it, and facts that all attempts of the run share.
    pub is_lasting: bool,
}

/// The states of all jobs, each after its predecessors.
///
/// `start` gives the parts of the start condition of the job at an index. Its arguments are the states of the jobs
/// before it, and that the run was stopped by then. `source` is the pipeline with the nodes of the jobs. `None` if the
/// jobs have no nodes.
pub fn follow<'j, 'r>(
    jobs: impl ExactSizeIterator<Item = &'j Job>,
    triggered: &Proposition,
    world: &World,
    source: Option<&Source<'_>>,
    results: Results,
    mut start: impl FnMut(usize, &Jobs<'j>, &Proposition) -> Vec<StartPart<'r>>,
) -> Jobs<'j> {
    let logic = world.logic();
    let green = results == Results::Green;
    let mut states = Jobs::with_capacity_and_hasher(jobs.len(), Default::default());
    for (place, job) in jobs.enumerate() {
        let stopped =
            if green { logic.falsehood() } else { world.free_at("the run is cancelled before a job", place) };
        let parts = start(place, &states, &stopped);
        let state = state((place, job), parts, stopped, triggered, world, source, results);
        states.insert(&job.id, state);
    }
    states
}

fn state<'j>(
    (place, job): (usize, &'j Job),
    parts: Vec<StartPart<'_>>,
    stopped: Proposition,
    triggered: &Proposition,
    world: &World,
    source: Option<&Source<'_>>,
    results: Results,
) -> JobState<'j> {
    let logic = world.logic();
    let green = results == Results::Green;
    let mut circumstances: Vec<Proposition> = Vec::new();
    let mut asked: BTreeMap<StageId, Vec<Proposition>> = BTreeMap::new();
    let demands = match results {
        Results::Any => parts.iter().filter(|part| part.is_lasting).map(|part| part.holds.clone()).collect(),
        Results::Green => Vec::new(),
    };
    let demands = logic.all(&demands);
    for StartPart { holds, asks, .. } in parts {
        let mut stages: Vec<StageId> = Vec::new();
        if !green {
            let of_jobs = asks.iter().filter_map(|job| source?.node_of(job)).map(|node| node.stage);
            of_jobs.for_each(|stage| {
                if !stages.contains(&stage) {
                    stages.push(stage);
                }
            });
        }
        for stage in &stages {
            asked.entry(*stage).or_default().push(holds.clone());
        }
        if stages.is_empty() {
            circumstances.push(holds);
        }
    }
    let outputs = outputs(job, world);
    let success = logic.and(&success((place, job), world, source, results), &demands);
    let mut state = JobState {
        id: &job.id,
        place,
        results,
        stopped,
        triggered: triggered.clone(),
        circumstances: logic.all(&circumstances),
        asked,
        demands,
        start: OnceCell::new(),
        success,
        outputs,
        needs: &job.waits_for,
        unsuccessful: OnceCell::new(),
        all_before: OnceCell::new(),
        failed_before: OnceCell::new(),
    };
    if green {
        state.success = logic.and(state.start(world), &state.success);
    }
    state
}

/// The proposition that a started job succeeds.
fn success(
    (place, job): (usize, &Job),
    world: &World,
    source: Option<&Source<'_>>,
    results: Results,
) -> Proposition {
    let logic = world.logic();
    let green = results == Results::Green;
    let node = source.and_then(|source| source.node_of(&job.id));
    let is_certain = green && !node.is_some_and(Node::is_advisory);
    let mut success = if is_certain { logic.truth() } else { world.free_at("a job succeeds", place) };
    if !green {
        // Next to each other: a diagram of what some of many jobs came to would double with every job if the variables of
        // one job were far from each other.
        free_variables(world, place);
    }
    if green && let Some(gate) = node {
        // A gate may fail in a run that overrides it, and later jobs continue.
        let red = logic.and(&world.overrides(&gate.name), &world.free_at("a job is overridden", place));
        success = logic.and_not(&success, &red);
    }
    if plan::refuses_tags(job) {
        success = logic.and_not(&success, &world.manual_on_tag());
    }
    match source {
        Some(source) => logic.and(&success, &sure_if_green(job, world, source)),
        None => success,
    }
}

/// The outputs of a job. Those of a plan are the facts that its step decides.
fn outputs<'j>(job: &'j Job, world: &World) -> Vec<Output<'j>> {
    let facts = plan::plan_step(job).map(|step| (step, plan::facts(step, world)));
    let fact = |value: &Value| -> Option<Proposition> {
        let (plan, facts) = facts.as_ref()?;
        match value.as_part()? {
            Part::StepOutput { step, output } if plan.id.as_ref() == Some(step) => facts.get(output).cloned(),
            _ => None,
        }
    };
    job.outputs()
        .iter()
        .map(|given| Output { name: &given.name, fact: fact(&given.value), words: RefCell::default() })
        .collect()
}
